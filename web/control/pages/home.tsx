import { titled } from '../../kit/site'

export default function Home() {
  titled('', 'Control room')
  return <h1>Control room</h1>
}
