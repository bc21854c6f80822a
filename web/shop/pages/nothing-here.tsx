import { NothingHere } from '../../kit/nothing-here'
import { words } from '../words'

export default () => <NothingHere site={words.value.shop} />
