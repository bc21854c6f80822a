import { NothingHere } from '../../kit/nothing-here'

export default () => <NothingHere site="Shop admin" />
