import { titled } from '../../kit/site'

export default function Home() {
  titled('', 'Shop admin')
  return <h1>Shop admin</h1>
}
