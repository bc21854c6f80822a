import type { ShopWords } from '../words'

export default {
  shop: '상점',
  language: '언어',
  welcome: '환영합니다',
  account: '계정',
  nothingHere: '여기에는 아무것도 없습니다',
  nothingHereHint: '주소가 잘못되었거나 있던 것이 없어졌습니다.',
  toStart: '첫 페이지로',
  noAccount: '아직 계정이 없으신가요?',
  register: '가입하기',
} satisfies ShopWords
