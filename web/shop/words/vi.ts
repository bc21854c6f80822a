import type { ShopWords } from '../words'

export default {
  shop: 'Cửa hàng',
  language: 'Ngôn ngữ',
  welcome: 'Chào mừng',
  account: 'Tài khoản',
  nothingHere: 'Không có gì ở đây',
  nothingHereHint: 'Địa chỉ có thể bị sai, hoặc nội dung đã không còn.',
  toStart: 'Về trang đầu',
  noAccount: 'Chưa có tài khoản?',
  register: 'Mở tài khoản',
} satisfies ShopWords
