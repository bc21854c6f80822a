import { ifCollected, type OrderWords } from './templates-words'

export const koreanOrders: OrderWords = {
  order_placed: {
    subject: '주문이 접수되었습니다 (주문번호 {{ order_id }})',
    short: '주문이 접수되었습니다. 주문번호 {{ order_id }}, {{ total | money: currency }}',
    preheader: '주문해 주셔서 감사합니다. 주문 내역을 확인해 주세요.',
    heading: '주문해 주셔서 감사합니다',
    paragraphs: [
      ifCollected(
        '주문이 정상적으로 접수되었습니다. 찾아가실 수 있게 되면 바로 알려 드리겠습니다.',
        '주문이 정상적으로 접수되었습니다. 상품이 출발하면 다시 알려 드리겠습니다.',
      ),
    ],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['결제 금액', '{{ total | money: currency }}'],
    ],
    button: '주문 내역 보기',
  },
  payment_pending: {
    subject: '입금 안내 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 입금을 기다리고 있습니다. {{ amount | money: currency }}, 참조 번호 {{ reference }}',
    preheader: '입금에 필요한 계좌와 참조 번호, 기한을 알려 드립니다.',
    heading: '입금을 기다리고 있습니다',
    paragraphs: [
      '아래 금액을 계좌 이체로 입금해 주세요. 이체하실 때 참조 번호를 그대로 적어 주셔야 고객님의 입금을 확인할 수 있습니다.',
      '{{ due_at | date_long }}까지 상품을 보관해 드립니다. 그때까지 입금되지 않으면 주문이 취소됩니다.',
    ],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['입금 금액', '{{ amount | money: currency }}'],
      ['입금 계좌', '{{ bank_account }}', 'bank_account'],
      ['참조 번호', '{{ reference }}'],
      ['입금 기한', '{{ due_at | date_long }}'],
    ],
    button: '주문 내역 보기',
  },
  order_paid: {
    subject: '결제가 완료되었습니다 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 결제가 완료되었습니다.',
    preheader: '상품을 준비하고 있습니다.',
    heading: '결제가 완료되었습니다',
    paragraphs: ['결제가 확인되어 상품을 준비하고 있습니다. 감사합니다.'],
    rows: [['주문번호', '{{ order_id }}']],
    button: '주문 내역 보기',
  },
  order_cancelled: {
    subject: '주문이 취소되었습니다 (주문번호 {{ order_id }})',
    short:
      '주문번호 {{ order_id }}: {% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}요청하신 대로 취소되었습니다.{% elsif cancelled_by == "shop" %}판매자가 취소했습니다.{% else %}주문이 취소되었습니다.{% endif %}{% when "payment_timeout" %}기한 내에 결제되지 않아 취소되었습니다.{% when "out_of_stock" %}재고 부족으로 취소되었습니다.{% when "coupon_rejected" %}쿠폰을 사용할 수 없어 취소되었습니다.{% when "undeliverable" %}배송할 수 없어 취소되었습니다.{% else %}주문이 취소되었습니다.{% endcase %}',
    preheader: '취소 사유와 이후 절차를 안내해 드립니다.',
    heading: '주문이 취소되었습니다',
    paragraphs: [
      '{% case reason %}{% when "by_customer" %}{% if cancelled_by == "customer" %}요청하신 대로 주문을 취소해 드렸습니다.{% elsif cancelled_by == "shop" %}판매자가 주문을 취소했습니다.{% else %}주문이 취소되었습니다.{% endif %}{% when "payment_timeout" %}기한 내에 결제가 확인되지 않아 주문이 취소되었습니다. 언제든지 다시 주문하실 수 있습니다.{% when "out_of_stock" %}죄송합니다. 주문하신 상품이 품절되어 부득이하게 주문을 취소하게 되었습니다.{% when "coupon_rejected" %}적용하신 쿠폰을 더 이상 사용할 수 없어 주문이 취소되었습니다. 쿠폰 없이 다시 주문하실 수 있습니다.{% when "undeliverable" %}배송이 불가능하여 상품이 반송되었고, 이에 따라 주문이 취소되었습니다.{% else %}주문이 취소되었습니다.{% endcase %}',
      '이미 결제하신 금액은 결제하신 수단으로 환불됩니다.',
    ],
    rows: [['주문번호', '{{ order_id }}']],
    button: '주문 내역 보기',
  },
  order_shipped: {
    subject: '상품이 출발했습니다 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 상품이 출발했습니다. 운송장 번호 {{ tracking_number }}',
    preheader: '물류 센터에서 상품이 출발했습니다.',
    heading: '상품이 출발했습니다',
    paragraphs: ['주문하신 상품이 물류 센터에서 출발했습니다.'],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['택배사', '{{ carrier }}', 'carrier'],
      ['운송장 번호', '{{ tracking_number }}'],
    ],
    button: '배송 조회하기',
  },
  ready_for_pickup: {
    subject: '상품이 준비되었습니다 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 상품이 준비되었습니다. 지금 찾아가실 수 있습니다.',
    preheader: '지금 찾아가실 수 있습니다.',
    heading: '상품이 준비되었습니다',
    paragraphs: ['주문하신 상품의 포장이 끝났습니다. 찾으러 오실 때 주문번호를 알려 주세요.'],
    rows: [['주문번호', '{{ order_id }}']],
    button: '주문 내역 보기',
  },
  order_delivered: {
    subject: ifCollected('상품을 수령하셨습니다 (주문번호 {{ order_id }})', '배송이 완료되었습니다 (주문번호 {{ order_id }})'),
    short: ifCollected('주문번호 {{ order_id }}: 상품을 수령하셨습니다.', '주문번호 {{ order_id }}: 배송이 완료되었습니다.'),
    preheader: '상품이 마음에 드시길 바랍니다.',
    heading: ifCollected('상품을 수령하셨습니다', '배송이 완료되었습니다'),
    paragraphs: [
      ifCollected(
        '주문하신 상품을 수령하셨습니다. 마음에 드시길 바랍니다.',
        '주문하신 상품의 배송이 완료되었습니다. 마음에 드시길 바랍니다.',
      ),
    ],
    rows: [['주문번호', '{{ order_id }}']],
    button: '주문 내역 보기',
    after: [
      ifCollected(
        '상품에 문제가 있으면 주문 상세 페이지에서 알려 주세요. 바로 도와드리겠습니다.',
        '상품을 받지 못하셨거나 문제가 있으면 주문 상세 페이지에서 알려 주세요. 바로 도와드리겠습니다.',
      ),
    ],
  },
  order_refunded: {
    subject: '환불이 처리되었습니다 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: {{ amount | money: currency }} 환불이 처리되었습니다.',
    preheader: '결제하신 수단으로 환불해 드렸습니다.',
    heading: '환불이 처리되었습니다',
    paragraphs: ['결제하신 수단으로 환불해 드렸습니다. 카드사나 은행에 따라 입금까지 며칠 걸릴 수 있습니다.'],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['환불 금액', '{{ amount | money: currency }}'],
    ],
    button: '주문 내역 보기',
  },
  return_approved: {
    subject: '반품이 승인되었습니다 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 반품이 승인되었습니다. 상품을 보내 주세요.',
    preheader: '상품을 보내 주세요.',
    heading: '반품이 승인되었습니다',
    paragraphs: [
      '신청하신 반품이 승인되었습니다. 반품 번호를 적은 메모를 상자에 함께 넣어 상품을 보내 주세요.',
      '상품이 도착하면 바로 환불해 드리겠습니다.',
    ],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['반품 번호', '{{ return_id }}'],
    ],
    button: '주문 내역 보기',
  },
  return_rejected: {
    subject: '반품 신청 결과 안내 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 신청하신 반품을 진행할 수 없습니다.',
    preheader: '신청하신 반품을 진행할 수 없습니다.',
    heading: '반품을 진행할 수 없습니다',
    paragraphs: ['신청하신 내용을 확인했으나 죄송하게도 이 상품은 반품해 드릴 수 없습니다.'],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['반품 번호', '{{ return_id }}'],
      ['사유', '{{ reason }}', 'reason'],
    ],
    button: '주문 내역 보기',
  },
  return_requested: {
    subject: '확인할 반품 신청이 있습니다 (주문번호 {{ order_id }})',
    short: '주문번호 {{ order_id }}: 처리를 기다리는 반품 신청이 있습니다.',
    preheader: '승인하거나 거부해 주세요.',
    heading: '반품 신청 확인 요청',
    paragraphs: ['고객이 반품을 신청하고 답변을 기다리고 있습니다.'],
    rows: [
      ['주문번호', '{{ order_id }}'],
      ['반품 번호', '{{ return_id }}'],
    ],
    button: '주문 확인하기',
  },
}
