import { ifCollected, type OrderWords } from './templates-words'

export const vietnameseOrders: OrderWords = {
  order_placed: {
    subject: 'Chúng tôi đã nhận được đơn hàng {{ order_id }}',
    short: 'Chúng tôi đã nhận được đơn hàng {{ order_id }}: {{ total | money: currency }}.',
    preheader: 'Cảm ơn bạn! Đây là nội dung đơn hàng.',
    heading: 'Cảm ơn bạn đã đặt hàng',
    paragraphs: [
      ifCollected(
        'Chúng tôi đã nhận được đơn hàng và sẽ báo ngay cho bạn khi có thể đến lấy hàng.',
        'Chúng tôi đã nhận được đơn hàng và sẽ báo ngay cho bạn khi hàng được gửi đi.',
      ),
    ],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Tổng cộng', '{{ total | money: currency }}'],
    ],
    button: 'Xem đơn hàng',
  },
  payment_pending: {
    subject: 'Hướng dẫn thanh toán đơn hàng {{ order_id }}',
    short: 'Vui lòng chuyển {{ amount | money: currency }} cho đơn hàng {{ order_id }}. Nội dung chuyển khoản: {{ reference }}',
    preheader: 'Tài khoản nhận, nội dung chuyển khoản và thời hạn thanh toán.',
    heading: 'Chúng tôi đang chờ bạn chuyển khoản',
    paragraphs: [
      'Vui lòng chuyển số tiền dưới đây và ghi đúng nội dung chuyển khoản, để chúng tôi biết khoản tiền này là của đơn hàng nào.',
      'Chúng tôi giữ hàng cho bạn đến {{ due_at | date_long }}. Nếu đến lúc đó chưa nhận được tiền, đơn hàng sẽ bị hủy.',
    ],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Số tiền', '{{ amount | money: currency }}'],
      ['Tài khoản nhận', '{{ bank_account }}', 'bank_account'],
      ['Nội dung chuyển khoản', '{{ reference }}'],
      ['Hạn thanh toán', '{{ due_at | date_long }}'],
    ],
    button: 'Xem đơn hàng',
  },
  order_paid: {
    subject: 'Đã nhận thanh toán cho đơn hàng {{ order_id }}',
    short: 'Đã nhận thanh toán cho đơn hàng {{ order_id }}.',
    preheader: 'Chúng tôi đang chuẩn bị hàng cho bạn.',
    heading: 'Thanh toán thành công',
    paragraphs: ['Cảm ơn bạn. Chúng tôi đã nhận được thanh toán và đang chuẩn bị hàng.'],
    rows: [['Mã đơn hàng', '{{ order_id }}']],
    button: 'Xem đơn hàng',
  },
  order_cancelled: {
    subject: 'Đơn hàng {{ order_id }} đã bị hủy',
    short:
      'Đơn hàng {{ order_id }} đã bị hủy{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %} theo yêu cầu của bạn{% elsif cancelled_by == "shop" %} bởi cửa hàng{% endif %}{% when "payment_timeout" %}: chưa được thanh toán đúng hạn{% when "out_of_stock" %}: sản phẩm đã hết hàng{% when "coupon_rejected" %}: mã giảm giá không dùng được{% when "undeliverable" %}: không giao được hàng{% endcase %}.',
    preheader: 'Lý do hủy và những việc tiếp theo.',
    heading: 'Đơn hàng của bạn đã bị hủy',
    paragraphs: [
      '{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}Chúng tôi đã hủy đơn hàng theo yêu cầu của bạn.{% elsif cancelled_by == "shop" %}Cửa hàng đã hủy đơn hàng của bạn.{% else %}Đơn hàng của bạn đã bị hủy.{% endif %}{% when "payment_timeout" %}Đơn hàng đã bị hủy vì chưa được thanh toán đúng hạn. Bạn có thể đặt lại bất cứ lúc nào.{% when "out_of_stock" %}Rất tiếc, sản phẩm bạn đặt đã hết hàng nên chúng tôi buộc phải hủy đơn.{% when "coupon_rejected" %}Đơn hàng đã bị hủy vì mã giảm giá không còn dùng được. Bạn có thể đặt lại mà không dùng mã.{% when "undeliverable" %}Đơn vị vận chuyển không giao được và đã hoàn hàng về kho, nên đơn hàng đã bị hủy.{% else %}Đơn hàng của bạn đã bị hủy.{% endcase %}',
      'Nếu bạn đã thanh toán, số tiền sẽ được hoàn lại theo hình thức bạn đã dùng.',
    ],
    rows: [['Mã đơn hàng', '{{ order_id }}']],
    button: 'Xem đơn hàng',
  },
  order_shipped: {
    subject: 'Đơn hàng {{ order_id }} đang trên đường đến bạn',
    short: 'Đơn hàng {{ order_id }} đã được gửi đi. Mã vận đơn: {{ tracking_number }}',
    preheader: 'Kiện hàng đã rời kho.',
    heading: 'Hàng đang trên đường đến bạn',
    paragraphs: ['Kiện hàng của bạn đã rời kho.'],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Đơn vị vận chuyển', '{{ carrier }}', 'carrier'],
      ['Mã vận đơn', '{{ tracking_number }}'],
    ],
    button: 'Theo dõi kiện hàng',
  },
  ready_for_pickup: {
    subject: 'Đơn hàng {{ order_id }} đã sẵn sàng để bạn đến lấy',
    short: 'Đơn hàng {{ order_id }} đã sẵn sàng. Bạn có thể đến lấy ngay.',
    preheader: 'Bạn có thể đến lấy ngay.',
    heading: 'Đơn hàng đã sẵn sàng',
    paragraphs: ['Đơn hàng của bạn đã được đóng gói và đang chờ bạn. Khi đến lấy, bạn vui lòng cho biết mã đơn hàng.'],
    rows: [['Mã đơn hàng', '{{ order_id }}']],
    button: 'Xem đơn hàng',
  },
  order_delivered: {
    subject: ifCollected('Bạn đã nhận đơn hàng {{ order_id }}', 'Đơn hàng {{ order_id }} đã được giao'),
    short: ifCollected(
      'Bạn đã nhận đơn hàng {{ order_id }}. Chúc bạn hài lòng!',
      'Đơn hàng {{ order_id }} đã được giao. Chúc bạn hài lòng!',
    ),
    preheader: 'Hy vọng bạn sẽ thích.',
    heading: ifCollected('Bạn đã nhận hàng', 'Hàng đã đến nơi'),
    paragraphs: [ifCollected('Bạn đã đến lấy đơn hàng. Hy vọng bạn sẽ thích.', 'Đơn hàng của bạn đã được giao. Hy vọng bạn sẽ thích.')],
    rows: [['Mã đơn hàng', '{{ order_id }}']],
    button: 'Xem đơn hàng',
    after: [
      ifCollected(
        'Hàng có vấn đề? Hãy báo cho chúng tôi trong trang đơn hàng, chúng tôi sẽ xử lý ngay.',
        'Chưa nhận được hàng hoặc hàng có vấn đề? Hãy báo cho chúng tôi trong trang đơn hàng, chúng tôi sẽ xử lý ngay.',
      ),
    ],
  },
  order_refunded: {
    subject: 'Hoàn tiền cho đơn hàng {{ order_id }}',
    short: 'Chúng tôi đã hoàn {{ amount | money: currency }} cho đơn hàng {{ order_id }}.',
    preheader: 'Tiền đang được chuyển về cho bạn.',
    heading: 'Tiền đang được hoàn về',
    paragraphs: [
      'Chúng tôi đã hoàn tiền theo hình thức bạn đã thanh toán. Tùy ngân hàng, có thể mất vài ngày làm việc để tiền về tài khoản.',
    ],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Số tiền hoàn', '{{ amount | money: currency }}'],
    ],
    button: 'Xem đơn hàng',
  },
  return_approved: {
    subject: 'Yêu cầu trả hàng của đơn hàng {{ order_id }} đã được chấp nhận',
    short: 'Bạn có thể gửi trả hàng của đơn hàng {{ order_id }}.',
    preheader: 'Bạn có thể gửi trả hàng.',
    heading: 'Bạn có thể gửi trả hàng',
    paragraphs: [
      'Chúng tôi đã chấp nhận yêu cầu trả hàng của bạn. Bạn vui lòng gửi hàng lại cho chúng tôi, kèm mã trả hàng trong kiện hàng để chúng tôi nhận ra.',
      'Ngay khi nhận được hàng, chúng tôi sẽ hoàn tiền cho bạn.',
    ],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Mã trả hàng', '{{ return_id }}'],
    ],
    button: 'Xem đơn hàng',
  },
  return_rejected: {
    subject: 'Về yêu cầu trả hàng của đơn hàng {{ order_id }}',
    short: 'Rất tiếc, chúng tôi không thể nhận lại hàng của đơn hàng {{ order_id }}.',
    preheader: 'Chúng tôi không thể nhận lại hàng.',
    heading: 'Yêu cầu trả hàng không được chấp nhận',
    paragraphs: ['Chúng tôi đã xem yêu cầu của bạn. Rất tiếc, chúng tôi không thể nhận lại số hàng này.'],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Mã trả hàng', '{{ return_id }}'],
      ['Lý do', '{{ reason }}', 'reason'],
    ],
    button: 'Xem đơn hàng',
  },
  return_requested: {
    subject: 'Có yêu cầu trả hàng: đơn hàng {{ order_id }}',
    short: 'Một yêu cầu trả hàng của đơn hàng {{ order_id }} đang chờ bạn quyết định.',
    preheader: 'Hãy chấp nhận hoặc từ chối.',
    heading: 'Có yêu cầu trả hàng',
    paragraphs: ['Một khách hàng muốn trả hàng và đang chờ câu trả lời của bạn.'],
    rows: [
      ['Mã đơn hàng', '{{ order_id }}'],
      ['Mã trả hàng', '{{ return_id }}'],
    ],
    button: 'Xem đơn hàng',
  },
}
