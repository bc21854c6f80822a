/** The zone of each place's capital or largest city: its day is the one on which a change of a rate begins. */
const zones: Record<string, string> = {
  'America/New_York':
    'US-CT US-DC US-DE US-FL US-GA US-IN US-KY US-MA US-MD US-ME US-MI US-NC US-NH US-NJ US-NY US-OH US-PA US-RI US-SC US-VA US-VT US-WV',
  'America/Chicago': 'US-AL US-AR US-IA US-IL US-KS US-LA US-MN US-MO US-MS US-ND US-NE US-OK US-SD US-TN US-TX US-WI CA-MB',
  'America/Denver': 'US-CO US-ID US-MT US-NM US-UT US-WY CA-AB CA-NT',
  'America/Phoenix': 'US-AZ CA-YT',
  'America/Los_Angeles': 'US-CA US-NV US-OR US-WA CA-BC',
  'America/Anchorage': 'US-AK',
  'Pacific/Honolulu': 'US-HI',
  'America/Toronto': 'CA-NU CA-ON CA-QC',
  'America/Halifax': 'CA-NB CA-NS CA-PE',
  'America/Regina': 'CA-SK',
  'America/St_Johns': 'CA-NL',
  'Europe/Berlin': 'AT BE CH CZ DE DK ES FR HR HU IT LI LU MT NL NO PL SE SI SK',
  'Europe/Athens': 'BG CY EE FI GR LT LV RO',
  'Europe/London': 'GB IE PT',
  'Asia/Ho_Chi_Minh': 'VN',
  'Asia/Seoul': 'KR',
  'Asia/Shanghai': 'CN',
  'Asia/Tokyo': 'JP',
}
const zoneByPlace = new Map(Object.entries(zones).flatMap(([zone, places]) => places.split(' ').map(place => [place, zone] as const)))
const formats = new Map<string, Intl.DateTimeFormat>()

/** The day at a place, as 2026-01-31. A place without a known zone has the days of UTC. */
export const dayAt = ({ country, region }: { country: string; region: string }, at: Date): string => {
  const timeZone = zoneByPlace.get(`${country}-${region}`) ?? zoneByPlace.get(country) ?? 'UTC'
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formats.set(timeZone, format)
  return format.format(at)
}
