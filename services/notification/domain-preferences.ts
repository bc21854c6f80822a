import { type ChannelName, channels, type Kind, kindNames, kinds, type Language } from './domain'

/** What a user chose, kind by kind. What is absent is as the kind has it. */
export type Choices = Partial<Record<Kind, Partial<Record<ChannelName, boolean>>>>

/** A span of every day, by the clocks of a place. It may go past midnight. */
export interface QuietHours {
  from: string
  until: string
  time_zone: string
}

export interface Preferences {
  /** Null: that of the account. */
  language: Language | null
  quiet_hours: QuietHours | null
  choices: Choices
}

/** The channels that a kind can use at all. */
export const possibleChannels = (kind: Kind): readonly ChannelName[] => (kinds[kind].mailOnly ? ['email'] : channels)

const isChosen = (choices: Choices, kind: Kind, channel: ChannelName): boolean =>
  choices[kind]?.[channel] ?? kinds[kind].channels.includes(channel)

/** Whether a message of this kind may go to its reader on this channel. A critical one goes where it goes by default, whatever is chosen. */
export const wants = (choices: Choices, kind: Kind, channel: ChannelName): boolean =>
  kinds[kind].class === 'critical' ? kinds[kind].channels.includes(channel) : isChosen(choices, kind, channel)

export const wantedChannels = (choices: Choices, kind: Kind): ChannelName[] =>
  possibleChannels(kind).filter(channel => wants(choices, kind, channel))

/** Every kind with every channel that it can use: what a page of preferences shows. */
export const choiceTable = (choices: Choices, { admin }: { admin: boolean }) =>
  Object.fromEntries(
    kindNames
      .filter(kind => admin || !kinds[kind].admins)
      .map(kind => [kind, Object.fromEntries(possibleChannels(kind).map(channel => [channel, wants(choices, kind, channel)]))]),
  )

/** The critical kinds that these choices would change. */
export const refusedChoices = (choices: Choices): Kind[] =>
  kindNames.filter(
    kind =>
      kinds[kind].class === 'critical' &&
      channels.some(channel => (choices[kind]?.[channel] ?? wants({}, kind, channel)) !== wants({}, kind, channel)),
  )

/** Only what differs from the defaults is stored, so that a later default reaches everyone who did not choose. */
export const storedChoices = (choices: Choices): Choices => {
  const kept: Choices = {}
  for (const kind of kindNames)
    for (const channel of possibleChannels(kind)) {
      const chosen = choices[kind]?.[channel]
      if (chosen !== undefined && chosen !== kinds[kind].channels.includes(channel)) kept[kind] = { ...kept[kind], [channel]: chosen }
    }
  return kept
}

/** One click stops the mails of its kind; that of a digest stops the mails of all kinds that it collects. */
export const withoutMail = (choices: Choices, kind: Kind): Choices => {
  const stopped = kind === 'digest' ? kindNames.filter(name => name === 'digest' || kinds[name].collected) : [kind]
  const changed = { ...choices }
  for (const name of stopped) changed[name] = { ...changed[name], email: false }
  return storedChoices(changed)
}
