export default {
  shop: 'Shop',
  language: 'Language',
  welcome: 'Welcome',
  account: 'Account',
  nothingHere: 'There is nothing here',
  nothingHereHint: 'The address may have a mistake, or what was here is gone.',
  toStart: 'To the start page',
  noAccount: 'No account yet?',
  register: 'Open one',
}
