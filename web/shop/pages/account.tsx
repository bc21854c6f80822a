import { titled } from '../../kit/site'
import { currentTab, Tabs } from '../../kit/tabs'
import { Addresses } from '../parts/addresses'
import { OwnData } from '../parts/own-data'
import { Password } from '../parts/password'
import { Preferences } from '../parts/preferences'
import { ProfileForm } from '../parts/profile'
import { SecondFactor } from '../parts/second-factor'
import { Sessions } from '../parts/sessions'
import { SignedIn } from '../parts/signed-in'
import { words } from '../words'

function Parts() {
  const w = words.value
  const tab = currentTab('profile')
  return (
    <>
      <Tabs
        label={w.account}
        tabs={[
          { name: 'profile', title: w.profile },
          { name: 'addresses', title: w.addresses },
          { name: 'security', title: w.security },
          { name: 'preferences', title: w.preferences },
          { name: 'data', title: w.ownData },
        ]}
      />
      {tab === 'profile' && <ProfileForm />}
      {tab === 'addresses' && <Addresses />}
      {tab === 'security' && (
        <>
          <Password />
          <SecondFactor />
          <Sessions />
        </>
      )}
      {tab === 'preferences' && <Preferences />}
      {tab === 'data' && <OwnData />}
    </>
  )
}

export default function Account() {
  const w = words.value
  titled(w.account, w.shop)
  return (
    <div class="grid max-w-3xl gap-6">
      <h1>{w.account}</h1>
      <SignedIn>
        <Parts />
      </SignedIn>
    </div>
  )
}
