export { deliveries as _003_deliveries } from './deliveries'
export { messages as _002_messages } from './messages'
export { recipients as _001_recipients } from './recipients'
export { texts as _004_texts } from './texts'
