import { ifCollected, type OrderWords } from './templates-words'

export const chineseOrders: OrderWords = {
  order_placed: {
    subject: '我们已收到您的订单 {{ order_id }}',
    short: '我们已收到您的订单 {{ order_id }}，金额 {{ total | money: currency }}。',
    preheader: '感谢您的购买，请核对订单内容。',
    heading: '感谢您的购买',
    paragraphs: [ifCollected('我们已收到您的订单，备好货后会第一时间通知您来取。', '我们已收到您的订单，发货后会第一时间通知您。')],
    rows: [
      ['订单号', '{{ order_id }}'],
      ['订单金额', '{{ total | money: currency }}'],
    ],
    button: '查看订单',
  },
  order_paid: {
    subject: '订单 {{ order_id }} 付款成功',
    short: '订单 {{ order_id }} 付款成功，我们正在为您备货。',
    preheader: '我们正在为您备货。',
    heading: '付款成功',
    paragraphs: ['我们已收到您的付款，正在为您备货。感谢您的支持。'],
    rows: [['订单号', '{{ order_id }}']],
    button: '查看订单',
  },
  order_cancelled: {
    subject: '订单 {{ order_id }} 已取消',
    short:
      '订单 {{ order_id }} 已取消{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}（应您的要求）{% elsif cancelled_by == "shop" %}（由商家取消）{% endif %}{% when "payment_timeout" %}：未在规定时间内付款{% when "out_of_stock" %}：商品已售罄{% when "coupon_rejected" %}：优惠券无法使用{% when "undeliverable" %}：包裹无法送达{% endcase %}。',
    preheader: '为您说明取消原因及后续处理。',
    heading: '您的订单已取消',
    paragraphs: [
      '{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}我们已按您的要求取消订单。{% elsif cancelled_by == "shop" %}商家已取消您的订单。{% else %}您的订单已取消。{% endif %}{% when "payment_timeout" %}由于未在规定时间内收到付款，订单已自动取消。欢迎您重新下单。{% when "out_of_stock" %}非常抱歉，您订购的商品已售罄，我们只能取消该订单。{% when "coupon_rejected" %}由于所用优惠券已无法使用，订单已取消。您可以不使用优惠券重新下单。{% when "undeliverable" %}由于包裹无法送达并已退回，订单已取消。{% else %}您的订单已取消。{% endcase %}',
      '如果您已付款，款项将原路退回。',
    ],
    rows: [['订单号', '{{ order_id }}']],
    button: '查看订单',
  },
  order_shipped: {
    subject: '订单 {{ order_id }} 已发货',
    short: '订单 {{ order_id }} 已发货，运单号：{{ tracking_number }}',
    preheader: '您的包裹已从仓库发出。',
    heading: '您的包裹已发出',
    paragraphs: ['您的包裹已从仓库发出，正在送往您的地址。'],
    rows: [
      ['订单号', '{{ order_id }}'],
      ['承运商', '{{ carrier }}', 'carrier'],
      ['运单号', '{{ tracking_number }}'],
    ],
    button: '查看物流',
  },
  ready_for_pickup: {
    subject: '订单 {{ order_id }} 可以自提了',
    short: '订单 {{ order_id }} 已备好，现在可以自提。',
    preheader: '现在就可以来取货。',
    heading: '您的订单可以自提了',
    paragraphs: ['您的订单已打包完毕，正等您来取。取货时请出示订单号。'],
    rows: [['订单号', '{{ order_id }}']],
    button: '查看订单',
  },
  order_delivered: {
    subject: ifCollected('订单 {{ order_id }} 已取货', '订单 {{ order_id }} 已送达'),
    short: ifCollected('订单 {{ order_id }} 已取货，祝您使用愉快！', '订单 {{ order_id }} 已送达，祝您使用愉快！'),
    preheader: '希望您喜欢。',
    heading: ifCollected('您已取货', '您的包裹已送达'),
    paragraphs: [ifCollected('您已取走订单中的商品，希望您喜欢。', '您的订单已送达，希望您喜欢。')],
    rows: [['订单号', '{{ order_id }}']],
    button: '查看订单',
    after: [
      ifCollected(
        '商品有问题？请在订单页面告诉我们，我们会尽快为您处理。',
        '没有收到，或商品有问题？请在订单页面告诉我们，我们会尽快为您处理。',
      ),
    ],
  },
  order_refunded: {
    subject: '订单 {{ order_id }} 的退款已处理',
    short: '订单 {{ order_id }} 已退款 {{ amount | money: currency }}。',
    preheader: '款项正在原路退回。',
    heading: '退款已处理',
    paragraphs: ['退款已按原付款方式退回。视银行处理情况，可能需要几个工作日到账。'],
    rows: [
      ['订单号', '{{ order_id }}'],
      ['退款金额', '{{ amount | money: currency }}'],
    ],
    button: '查看订单',
  },
  return_approved: {
    subject: '订单 {{ order_id }} 的退货申请已通过',
    short: '订单 {{ order_id }} 的退货申请已通过，请寄回商品。',
    preheader: '请寄回商品。',
    heading: '退货申请已通过',
    paragraphs: ['您的退货申请已通过。请将商品寄回，并在包裹中附上退货编号，方便我们核对。', '收到商品后，我们会立即为您退款。'],
    rows: [
      ['订单号', '{{ order_id }}'],
      ['退货编号', '{{ return_id }}'],
    ],
    button: '查看订单',
  },
  return_rejected: {
    subject: '订单 {{ order_id }} 的退货申请结果',
    short: '很抱歉，订单 {{ order_id }} 的退货申请未通过。',
    preheader: '您的退货申请未通过。',
    heading: '退货申请未通过',
    paragraphs: ['我们已查看您的申请。很抱歉，这些商品无法退货。'],
    rows: [
      ['订单号', '{{ order_id }}'],
      ['退货编号', '{{ return_id }}'],
      ['原因', '{{ reason }}', 'reason'],
    ],
    button: '查看订单',
  },
  return_requested: {
    subject: '有退货申请待处理：订单 {{ order_id }}',
    short: '订单 {{ order_id }} 有一条退货申请等待您处理。',
    preheader: '请通过或驳回。',
    heading: '有退货申请待处理',
    paragraphs: ['有顾客申请退货，正在等待您的答复。'],
    rows: [
      ['订单号', '{{ order_id }}'],
      ['退货编号', '{{ return_id }}'],
    ],
    button: '查看订单',
  },
}
