import { vietnameseOrders } from './templates-orders-vi'
import type { LanguageTexts } from './templates-words'

export const vietnamese: LanguageTexts = {
  phrases: {
    greeting: 'Xin chào {{ who }},',
    greetingWithoutName: 'Xin chào bạn,',
    colon: ': ',
    buttonHint: 'Nếu không bấm được nút trên, bạn hãy chép địa chỉ sau vào trình duyệt:',
    because: {
      critical: 'Thư này liên quan đến bảo mật tài khoản của bạn tại {{ shop_url | host }} nên luôn được gửi, bất kể cài đặt thông báo.',
      order: 'Bạn nhận được thư này vì bạn có tài khoản tại {{ shop_url | host }}.',
      marketing: 'Bạn nhận được thư này vì cài đặt của bạn tại {{ shop_url | host }} cho phép gửi tin về sản phẩm.',
      admins: 'Bạn nhận được thư này vì bạn là quản trị viên của {{ shop_url | host }}.',
    },
    unsubscribe: 'Ngừng nhận những thư này',
    cheaper: '{{ item.product }}: giá mới {{ item.to | money: item.currency }}, giá cũ {{ item.from | money: item.currency }}',
    back: '{{ item.product }}: đã có hàng trở lại',
  },
  words: {
    welcome: {
      subject: 'Chào mừng bạn đến với {{ shop_url | host }}',
      short: 'Chào mừng bạn đến với {{ shop_url | host }}! Tài khoản của bạn đã sẵn sàng.',
      preheader: 'Tài khoản của bạn đã sẵn sàng.',
      heading: 'Chào mừng bạn!',
      paragraphs: [
        'Cảm ơn bạn đã đăng ký tại {{ shop_url | host }}. Tài khoản của bạn đã sẵn sàng.',
        'Với tài khoản này, bạn có thể theo dõi đơn hàng, lưu sản phẩm yêu thích và tự chọn những thông báo muốn nhận.',
      ],
      button: 'Vào cửa hàng',
    },
    verify_email: {
      subject: 'Vui lòng xác nhận địa chỉ email',
      short: 'Chúng tôi đã gửi cho bạn liên kết xác nhận địa chỉ email.',
      preheader: 'Chỉ cần một lần bấm là xong.',
      heading: 'Đây có phải email của bạn không?',
      paragraphs: ['Vui lòng xác nhận địa chỉ này là của bạn. Liên kết chỉ dùng được một lần, đến {{ expires_at | date_long }}.'],
      button: 'Xác nhận email',
      after: ['Nếu bạn không yêu cầu, hãy bỏ qua thư này. Sẽ không có gì thay đổi.'],
    },
    password_reset: {
      subject: 'Đặt lại mật khẩu',
      short: 'Chúng tôi đã gửi cho bạn liên kết đặt lại mật khẩu.',
      preheader: 'Liên kết chỉ dùng được một lần.',
      heading: 'Đặt lại mật khẩu',
      paragraphs: [
        'Chúng tôi nhận được yêu cầu đặt lại mật khẩu cho tài khoản của bạn. Liên kết chỉ dùng được một lần, đến {{ expires_at | date_long }}.',
      ],
      button: 'Đặt mật khẩu mới',
      after: [
        'Nếu bạn không yêu cầu, hãy bỏ qua thư này: mật khẩu của bạn vẫn giữ nguyên. Chúng tôi không bao giờ hỏi mật khẩu qua email hay điện thoại.',
      ],
    },
    email_change: {
      subject: 'Địa chỉ email của tài khoản sắp được thay đổi',
      short: 'Có yêu cầu thay đổi email của tài khoản. Nếu không phải bạn, hãy kiểm tra ngay.',
      preheader: 'Nếu không phải bạn, hãy đổi mật khẩu ngay.',
      heading: 'Bạn muốn đổi địa chỉ email?',
      paragraphs: [
        'Có người đã đăng nhập vào tài khoản của bạn và yêu cầu đổi sang một địa chỉ email khác.',
        'Thay đổi sẽ có hiệu lực khi liên kết gửi đến địa chỉ mới được bấm vào.',
      ],
      button: 'Vào tài khoản của tôi',
      after: [
        'Nếu chính bạn yêu cầu, bạn không cần làm gì thêm. Nếu không, hãy đổi mật khẩu ngay: mọi phiên đăng nhập khác cũng sẽ bị đóng.',
      ],
    },
    password_changed: {
      subject: 'Mật khẩu tài khoản của bạn đã được thay đổi',
      short: 'Mật khẩu đã được thay đổi vào {{ time | date_long }}. Nếu không phải bạn, hãy kiểm tra ngay.',
      preheader: 'Nếu không phải bạn, hãy đặt lại mật khẩu ngay.',
      heading: 'Có phải bạn vừa đổi mật khẩu?',
      paragraphs: [
        'Tài khoản của bạn có mật khẩu mới, và mọi phiên đăng nhập đã bị đóng.',
        'Nếu chính bạn thay đổi, bạn không cần làm gì thêm. Nếu không, hãy đặt lại mật khẩu ngay: mọi phiên mà người khác đã mở sau đó cũng sẽ bị đóng.',
      ],
      rows: [['Thời gian', '{{ time | date_long }}']],
      button: 'Đặt lại mật khẩu',
      after: [
        'Liên kết sẽ được gửi đến email của tài khoản. Nếu bạn không nhận được, có thể email đó cũng đã bị thay đổi: hãy báo cho chúng tôi ngay.',
      ],
    },
    new_sign_in: {
      subject: 'Tài khoản của bạn vừa có đăng nhập mới',
      short: 'Đăng nhập mới vào {{ time | date_long }}. Nếu không phải bạn, hãy kiểm tra ngay.',
      preheader: 'Nếu không phải bạn, hãy đổi mật khẩu ngay.',
      heading: 'Có phải bạn vừa đăng nhập?',
      paragraphs: ['Tài khoản của bạn vừa có một lần đăng nhập mới.'],
      rows: [['Thời gian', '{{ time | date_long }}']],
      button: 'Vào tài khoản của tôi',
      after: [
        'Nếu chính bạn đăng nhập, bạn không cần làm gì thêm. Nếu không, hãy đổi mật khẩu ngay: mọi phiên đăng nhập khác cũng sẽ bị đóng.',
      ],
    },
    ...vietnameseOrders,
    review_request: {
      subject: 'Bạn thấy món hàng vừa mua thế nào?',
      short: 'Bạn thấy sản phẩm trong đơn hàng {{ order_id }} thế nào? Hãy viết đánh giá nhé.',
      preheader: 'Vài lời của bạn sẽ giúp ích cho người mua sau.',
      heading: 'Bạn dùng có thích không?',
      paragraphs: ['Bạn đã dùng sản phẩm được ít ngày. Khen hay chê đều được: vài lời thật lòng của bạn sẽ giúp người khác dễ chọn hơn.'],
      button: 'Viết đánh giá',
    },
    price_drop: {
      subject: '{{ product }} vừa giảm giá',
      short: '{{ product }} giảm từ {{ from | money: currency }} còn {{ to | money: currency }}.',
      preheader: 'Sản phẩm bạn theo dõi vừa giảm giá.',
      heading: 'Sản phẩm bạn theo dõi vừa giảm giá',
      paragraphs: ['{{ product }} vừa giảm giá.'],
      rows: [
        ['Giá mới', '{{ to | money: currency }}'],
        ['Giá cũ', '{{ from | money: currency }}'],
      ],
      button: 'Xem sản phẩm',
    },
    back_in_stock: {
      subject: '{{ product }} đã có hàng trở lại',
      short: '{{ product }} đã có hàng trở lại.',
      preheader: 'Sản phẩm bạn chờ đã về.',
      heading: 'Đã có hàng trở lại',
      paragraphs: ['{{ product }} đã có hàng trở lại. Chúng tôi không giữ hàng trước được, nên bạn đừng chờ quá lâu nhé.'],
      button: 'Xem sản phẩm',
    },
    low_stock: {
      subject: 'Sắp hết hàng: {{ product }} ({{ sku }})',
      short: 'Sắp hết hàng: {{ product }} ({{ sku }}) chỉ còn {{ available }}.',
      preheader: 'Chỉ còn {{ available }}.',
      heading: 'Sắp hết hàng',
      paragraphs: ['Sản phẩm này sắp hết. Hãy nhập thêm hoặc ngừng bán kịp thời.'],
      rows: [
        ['Sản phẩm', '{{ product }}'],
        ['SKU', '{{ sku }}'],
        ['Còn bán được', '{{ available }}'],
      ],
      button: 'Mở danh sách tồn kho',
    },
    review_waiting: {
      subject: 'Có đánh giá chờ duyệt: {{ product }}',
      short: 'Một đánh giá về {{ product }} đang chờ bạn duyệt.',
      preheader: 'Hãy duyệt hoặc từ chối.',
      heading: 'Có đánh giá chờ duyệt',
      paragraphs: ['Một đánh giá đang được giữ lại và chưa ai thấy cho đến khi bạn duyệt.'],
      rows: [
        ['Sản phẩm', '{{ product }}'],
        ['Số sao', '{{ rating }}'],
      ],
      button: 'Đọc đánh giá',
    },
    digest: {
      subject: 'Tin mới về {{ entries | size }} sản phẩm bạn theo dõi',
      short: 'Có tin mới về {{ entries | size }} sản phẩm bạn theo dõi.',
      preheader: 'Giảm giá và hàng mới về.',
      heading: 'Tin mới về sản phẩm bạn theo dõi',
      paragraphs: ['Đây là những thay đổi kể từ thư trước:'],
      button: 'Vào cửa hàng',
    },
  },
}
