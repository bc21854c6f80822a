export { recipients as _001_recipients } from './recipients'
