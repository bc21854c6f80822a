import { day } from '#shared/time'

export const demoPassword = 'demo-of-the-shop'
export const emailOf = (username: string) => `${username}@shop.example`

export interface DemoPerson {
  username: string
  full_name: string
  language: 'en' | 'ko' | 'zh' | 'vi'
  address: { line1: string; city: string; region?: string; postal_code: string; country: string }
  /** How long ago the account was opened. */
  age: number
  /** Numbers of demo products. */
  favourites: readonly string[]
  watched?: readonly string[]
}

/** Mina is the customer that `bun start` names. */
export const demoPeople: readonly DemoPerson[] = [
  {
    username: 'mina',
    full_name: 'Mina Hart',
    language: 'en',
    address: { line1: '18 Alder Street', city: 'Portland', region: 'OR', postal_code: '97205', country: 'US' },
    age: 66 * day,
    favourites: ['0a', '27', '40', '13'],
    watched: ['13', '1f'],
  },
  {
    username: 'tomas',
    full_name: 'Tomas Brandt',
    language: 'en',
    address: { line1: 'Lindenweg 4', city: 'Berlin', postal_code: '10115', country: 'DE' },
    age: 64 * day,
    favourites: ['11', '39', '26'],
    watched: ['39'],
  },
  {
    username: 'jisoo',
    full_name: '김지수',
    language: 'ko',
    address: { line1: '테헤란로 152', city: '서울', postal_code: '06236', country: 'KR' },
    age: 63 * day,
    favourites: ['18', '24', '43', '2e'],
    watched: ['24'],
  },
  {
    username: 'minjun',
    full_name: '박민준',
    language: 'ko',
    address: { line1: '해운대로 570', city: '부산', postal_code: '48093', country: 'KR' },
    age: 55 * day,
    favourites: ['19', '34'],
  },
  {
    username: 'lihua',
    full_name: '李华',
    language: 'zh',
    address: { line1: '南京西路 1266 号', city: '上海', postal_code: '200040', country: 'CN' },
    age: 61 * day,
    favourites: ['1a', '28', '2c', '35'],
    watched: ['28'],
  },
  {
    username: 'wangmei',
    full_name: '王梅',
    language: 'zh',
    address: { line1: '解放路 88 号', city: '杭州', postal_code: '310009', country: 'CN' },
    age: 47 * day,
    favourites: ['32', '1b'],
  },
  {
    username: 'linh',
    full_name: 'Nguyễn Thùy Linh',
    language: 'vi',
    address: { line1: '25 Lý Thường Kiệt', city: 'Hà Nội', postal_code: '100000', country: 'VN' },
    age: 59 * day,
    favourites: ['25', '2d', '1d'],
  },
  {
    username: 'quan',
    full_name: 'Trần Minh Quân',
    language: 'vi',
    address: { line1: '7 Nguyễn Huệ', city: 'TP. Hồ Chí Minh', postal_code: '700000', country: 'VN' },
    age: 41 * day,
    favourites: ['3b', '1c'],
  },
  {
    username: 'amelie',
    full_name: 'Amélie Roux',
    language: 'en',
    address: { line1: '12 rue des Tanneurs', city: 'Lyon', postal_code: '69001', country: 'FR' },
    age: 52 * day,
    favourites: ['0c', '2b', '0d'],
  },
  {
    username: 'oscar',
    full_name: 'Oscar Delgado',
    language: 'en',
    address: { line1: '410 Mission Street', city: 'San Francisco', region: 'CA', postal_code: '94105', country: 'US' },
    age: 34 * day,
    favourites: ['20', '3a', '12'],
    watched: ['20'],
  },
  {
    username: 'priya',
    full_name: 'Priya Raman',
    language: 'en',
    address: { line1: '3 Harbour Row', city: 'Bristol', postal_code: 'BS1 4RW', country: 'GB' },
    age: 29 * day,
    favourites: ['3c', '3f', '37'],
  },
  {
    username: 'noah',
    full_name: 'Noah Lindqvist',
    language: 'en',
    address: { line1: 'Storgatan 21', city: 'Malmö', postal_code: '211 34', country: 'SE' },
    age: 16 * day,
    favourites: ['00', '01', '02'],
  },
]

export const demoCustomer = { email: emailOf('mina'), password: demoPassword }
