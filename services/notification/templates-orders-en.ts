import { ifCollected, type OrderWords } from './templates-words'

export const englishOrders: OrderWords = {
  order_placed: {
    subject: 'We have received your order {{ order_id }}',
    short: 'We have received your order {{ order_id }}: {{ total | money: currency }}.',
    preheader: 'Thank you! Here is what you ordered.',
    heading: 'Thank you for your order',
    paragraphs: [
      ifCollected(
        'We have received your order, and we will tell you as soon as you can collect it.',
        'We have received your order, and we will tell you as soon as it is on its way.',
      ),
    ],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Total', '{{ total | money: currency }}'],
    ],
    button: 'View my order',
  },
  payment_pending: {
    subject: 'How to pay for order {{ order_id }}',
    short: 'Please transfer {{ amount | money: currency }} for order {{ order_id }}. Reference: {{ reference }}',
    preheader: 'The account, the reference and the date that your transfer needs.',
    heading: 'We are waiting for your transfer',
    paragraphs: [
      'Please transfer the amount below, and give the reference exactly as it stands here: that is how we match your payment to your order.',
      'We keep the goods for you until {{ due_at | date_long }}. If no money has arrived by then, the order is cancelled.',
    ],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Amount', '{{ amount | money: currency }}'],
      ['Account', '{{ bank_account }}', 'bank_account'],
      ['Reference', '{{ reference }}'],
      ['Pay by', '{{ due_at | date_long }}'],
    ],
    button: 'View my order',
  },
  order_paid: {
    subject: 'Payment received for order {{ order_id }}',
    short: 'We have received your payment for order {{ order_id }}.',
    preheader: 'We are getting your order ready.',
    heading: 'Your payment has arrived',
    paragraphs: ['Thank you. We have received your payment and are getting your order ready.'],
    rows: [['Order', '{{ order_id }}']],
    button: 'View my order',
  },
  order_cancelled: {
    subject: 'Order {{ order_id }} has been cancelled',
    short:
      'Order {{ order_id }} has been cancelled{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}, as you asked{% elsif cancelled_by == "shop" %} by the shop{% endif %}{% when "payment_timeout" %}: no payment arrived in time{% when "out_of_stock" %}: it is no longer in stock{% when "coupon_rejected" %}: the coupon could not be used{% when "undeliverable" %}: it could not be delivered{% endcase %}.',
    preheader: 'Here is why, and what happens next.',
    heading: 'Your order has been cancelled',
    paragraphs: [
      '{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}As you asked, we have cancelled your order.{% elsif cancelled_by == "shop" %}The shop has cancelled your order.{% else %}We have cancelled your order.{% endif %}{% when "payment_timeout" %}We have cancelled your order because no payment arrived in time. You are welcome to order again.{% when "out_of_stock" %}We are sorry: something that you ordered sold out before we could set it aside for you, so we had to cancel the order.{% when "coupon_rejected" %}We have cancelled your order because its coupon could no longer be used. You are welcome to order again without it.{% when "undeliverable" %}The carrier could not deliver your parcel and has sent it back to us, so we have cancelled the order.{% else %}We have cancelled your order.{% endcase %}',
      'Whatever you have paid goes back to you the way you paid it.',
    ],
    rows: [['Order', '{{ order_id }}']],
    button: 'View my order',
  },
  order_shipped: {
    subject: 'Order {{ order_id }} is on its way',
    short: 'Order {{ order_id }} is on its way. Tracking number: {{ tracking_number }}',
    preheader: 'Your parcel has left our warehouse.',
    heading: 'Your parcel is on its way',
    paragraphs: ['Your parcel has left our warehouse.'],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Carrier', '{{ carrier }}', 'carrier'],
      ['Tracking number', '{{ tracking_number }}'],
    ],
    button: 'Follow my parcel',
  },
  ready_for_pickup: {
    subject: 'Order {{ order_id }} is ready for you to collect',
    short: 'Order {{ order_id }} is ready: you can collect it now.',
    preheader: 'You can collect it now.',
    heading: 'Your order is ready',
    paragraphs: ['Your order is packed and waiting for you. Please have the order number with you when you collect it.'],
    rows: [['Order', '{{ order_id }}']],
    button: 'View my order',
  },
  order_delivered: {
    subject: ifCollected('You have collected order {{ order_id }}', 'Order {{ order_id }} has been delivered'),
    short: ifCollected('You have collected order {{ order_id }}. Enjoy it!', 'Order {{ order_id }} has been delivered. Enjoy it!'),
    preheader: 'We hope that you like it.',
    heading: ifCollected('You have collected your order', 'Your parcel has arrived'),
    paragraphs: [
      ifCollected(
        'You have collected your order. We hope that you like it.',
        'The carrier has delivered your order. We hope that you like it.',
      ),
    ],
    rows: [['Order', '{{ order_id }}']],
    button: 'View my order',
    after: [
      ifCollected(
        'Is something wrong? Answer us from the page of the order, and we will put it right.',
        'Nothing there, or something wrong? Answer us from the page of the order, and we will put it right.',
      ),
    ],
  },
  order_refunded: {
    subject: 'Your refund for order {{ order_id }}',
    short: 'We have refunded {{ amount | money: currency }} for order {{ order_id }}.',
    preheader: 'The money is on its way back to you.',
    heading: 'Your money is on its way back',
    paragraphs: ['We have sent your refund the way you paid. Depending on your bank, it can take a few working days to arrive.'],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Refunded', '{{ amount | money: currency }}'],
    ],
    button: 'View my order',
  },
  return_approved: {
    subject: 'Your return for order {{ order_id }} is approved',
    short: 'You can now send back the items from order {{ order_id }}.',
    preheader: 'You can send the goods back.',
    heading: 'You can send it back',
    paragraphs: [
      'We have approved your return. Please send the goods back to us, with the number of the return in the parcel, so that we know whose it is.',
      'We will refund you as soon as they arrive.',
    ],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Return', '{{ return_id }}'],
    ],
    button: 'View my order',
  },
  return_rejected: {
    subject: 'About your return for order {{ order_id }}',
    short: 'We cannot take back the items from order {{ order_id }}.',
    preheader: 'We cannot take the goods back.',
    heading: 'We cannot accept your return',
    paragraphs: ['We have looked at your request. We are sorry: we cannot take these goods back.'],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Return', '{{ return_id }}'],
      ['Reason', '{{ reason }}', 'reason'],
    ],
    button: 'View my order',
  },
  return_requested: {
    subject: 'A return is waiting: order {{ order_id }}',
    short: 'A return of order {{ order_id }} is waiting for your decision.',
    preheader: 'Approve or reject it.',
    heading: 'A return is waiting for you',
    paragraphs: ['A customer would like to send something back, and waits for your answer.'],
    rows: [
      ['Order', '{{ order_id }}'],
      ['Return', '{{ return_id }}'],
    ],
    button: 'View the order',
  },
}
