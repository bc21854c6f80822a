import type { ShopWords } from '../words'

export default {
  shop: '商店',
  language: '语言',
  welcome: '欢迎',
  account: '账户',
  nothingHere: '这里没有内容',
  nothingHereHint: '地址可能有误，或内容已被移除。',
  toStart: '返回首页',
  noAccount: '还没有账户？',
  register: '注册',
} satisfies ShopWords
