import { koreanOrders } from './templates-orders-ko'
import type { LanguageTexts } from './templates-words'

export const korean: LanguageTexts = {
  phrases: {
    greeting: '{{ who }}님, 안녕하세요.',
    greetingWithoutName: '안녕하세요.',
    colon: ': ',
    buttonHint: '버튼이 눌리지 않으면 아래 주소를 복사해 브라우저에 붙여 넣어 주세요.',
    because: {
      critical: '{{ shop_url | host }} 계정의 보안을 위한 안내로, 수신 설정과 관계없이 발송됩니다.',
      order: '{{ shop_url | host }} 회원님께 보내 드리는 안내 메일입니다.',
      marketing: '{{ shop_url | host }} 상품 소식 수신에 동의하셔서 보내 드리는 메일입니다.',
      admins: '{{ shop_url | host }} 관리자에게 발송되는 메일입니다.',
    },
    unsubscribe: '수신 거부',
    cheaper: '{{ item.product }}: {{ item.from | money: item.currency }} → {{ item.to | money: item.currency }}',
    back: '{{ item.product }}: 재입고',
  },
  words: {
    welcome: {
      subject: '{{ shop_url | host }} 회원이 되신 것을 환영합니다',
      short: '{{ shop_url | host }} 가입이 완료되었습니다. 환영합니다!',
      preheader: '가입이 완료되었습니다.',
      heading: '환영합니다!',
      paragraphs: [
        '{{ shop_url | host }} 회원이 되어 주셔서 감사합니다. 이제 바로 이용하실 수 있습니다.',
        '내 계정에서 주문 현황을 확인하고, 관심 상품을 모아 두고, 받고 싶은 알림만 골라 받으실 수 있습니다.',
      ],
      button: '쇼핑하러 가기',
    },
    verify_email: {
      subject: '이메일 주소를 인증해 주세요',
      short: '이메일 인증 링크를 보내 드렸습니다. 메일함을 확인해 주세요.',
      preheader: '버튼 한 번이면 인증이 끝납니다.',
      heading: '이메일 주소 인증',
      paragraphs: [
        '아래 버튼을 눌러 이메일 주소를 인증해 주세요. 링크는 한 번만 사용할 수 있으며 {{ expires_at | date_long }}까지 유효합니다.',
      ],
      button: '이메일 인증하기',
      after: ['본인이 요청하지 않으셨다면 이 메일은 무시하셔도 됩니다.'],
    },
    password_reset: {
      subject: '비밀번호 재설정 안내',
      short: '비밀번호 재설정 링크를 보내 드렸습니다. 메일함을 확인해 주세요.',
      preheader: '링크는 한 번만 사용할 수 있습니다.',
      heading: '비밀번호 재설정',
      paragraphs: ['비밀번호 재설정 요청을 받았습니다. 링크는 한 번만 사용할 수 있으며 {{ expires_at | date_long }}까지 유효합니다.'],
      button: '비밀번호 재설정하기',
      after: [
        '본인이 요청하지 않으셨다면 이 메일은 무시해 주세요. 비밀번호는 바뀌지 않습니다. 저희는 메일이나 전화로 비밀번호를 묻지 않습니다.',
      ],
    },
    email_change: {
      subject: '계정의 이메일 주소 변경 요청이 있었습니다',
      short: '계정의 이메일 주소 변경 요청이 있었습니다. 본인이 아니라면 확인해 주세요.',
      preheader: '본인이 아니라면 지금 바로 비밀번호를 변경해 주세요.',
      heading: '이메일 주소를 변경하시나요?',
      paragraphs: [
        '회원님의 계정에 로그인된 상태에서 이메일 주소를 변경하려는 요청이 있었습니다.',
        '새 주소로 보낸 인증 링크를 누르면 변경이 완료됩니다.',
      ],
      button: '내 계정으로 가기',
      after: [
        '본인이 요청하셨다면 따로 하실 일은 없습니다. 본인이 아니라면 지금 비밀번호를 변경해 주세요. 다른 기기에서의 로그인도 모두 해제됩니다.',
      ],
    },
    password_changed: {
      subject: '회원님의 비밀번호가 변경되었습니다',
      short: '비밀번호가 변경되었습니다: {{ time | date_long }}. 본인이 아니라면 확인해 주세요.',
      preheader: '본인이 아니라면 지금 바로 비밀번호를 재설정해 주세요.',
      heading: '본인이 비밀번호를 변경하셨나요?',
      paragraphs: [
        '회원님 계정의 비밀번호가 변경되어 모든 기기에서 로그아웃되었습니다.',
        '본인이 변경하셨다면 따로 하실 일은 없습니다. 본인이 아니라면 지금 비밀번호를 재설정해 주세요. 그 후에 이루어진 다른 사람의 로그인도 모두 해제됩니다.',
      ],
      rows: [['일시', '{{ time | date_long }}']],
      button: '비밀번호 재설정하기',
      after: [
        '재설정 링크는 계정의 이메일 주소로 보내 드립니다. 링크가 오지 않으면 이메일 주소도 변경되었을 수 있으니 즉시 문의해 주세요.',
      ],
    },
    new_sign_in: {
      subject: '회원님의 계정에 새로운 로그인이 있었습니다',
      short: '새로운 로그인이 있었습니다: {{ time | date_long }}. 본인이 아니라면 확인해 주세요.',
      preheader: '본인이 아니라면 지금 바로 비밀번호를 변경해 주세요.',
      heading: '본인이 로그인하셨나요?',
      paragraphs: ['회원님의 계정에 새로운 로그인이 있었습니다.'],
      rows: [['일시', '{{ time | date_long }}']],
      button: '내 계정으로 가기',
      after: [
        '본인이 로그인하셨다면 따로 하실 일은 없습니다. 본인이 아니라면 지금 비밀번호를 변경해 주세요. 다른 기기에서의 로그인도 모두 해제됩니다.',
      ],
    },
    ...koreanOrders,
    review_request: {
      subject: '구매하신 상품은 어떠셨나요?',
      short: '주문번호 {{ order_id }}의 상품은 어떠셨나요? 후기를 남겨 주세요.',
      preheader: '솔직한 후기 한 줄이 다른 고객에게 큰 도움이 됩니다.',
      heading: '사용해 보니 어떠세요?',
      paragraphs: ['구매하신 상품을 며칠 사용해 보셨을 텐데요. 좋았던 점도 아쉬웠던 점도 좋습니다. 솔직한 후기를 남겨 주세요.'],
      button: '후기 쓰기',
    },
    price_drop: {
      subject: '가격 인하: {{ product }}',
      short: '가격 인하: {{ product }}, {{ from | money: currency }} → {{ to | money: currency }}',
      preheader: '관심 상품의 가격이 내렸습니다.',
      heading: '관심 상품의 가격이 내렸습니다',
      paragraphs: ['기다리시던 상품의 가격이 내렸습니다: {{ product }}'],
      rows: [
        ['현재 가격', '{{ to | money: currency }}'],
        ['이전 가격', '{{ from | money: currency }}'],
      ],
      button: '상품 보기',
    },
    back_in_stock: {
      subject: '재입고 알림: {{ product }}',
      short: '재입고 알림: {{ product }}',
      preheader: '기다리시던 상품이 다시 들어왔습니다.',
      heading: '다시 입고되었습니다',
      paragraphs: ['기다리시던 상품이 다시 입고되었습니다: {{ product }}', '따로 예약해 드리지는 않으니 품절되기 전에 확인해 주세요.'],
      button: '상품 보기',
    },
    low_stock: {
      subject: '재고 부족: {{ product }} ({{ sku }})',
      short: '재고 부족: {{ product }} ({{ sku }}), 남은 수량 {{ available }}',
      preheader: '남은 수량 {{ available }}',
      heading: '재고가 얼마 남지 않았습니다',
      paragraphs: ['이 상품의 재고가 얼마 남지 않았습니다. 발주하시거나 판매 중지를 검토해 주세요.'],
      rows: [
        ['상품', '{{ product }}'],
        ['SKU', '{{ sku }}'],
        ['남은 수량', '{{ available }}'],
      ],
      button: '재고 목록 열기',
    },
    review_waiting: {
      subject: '검토할 후기가 있습니다: {{ product }}',
      short: '검토를 기다리는 후기가 있습니다: {{ product }}',
      preheader: '승인하거나 거부해 주세요.',
      heading: '후기 검토 요청',
      paragraphs: ['게시가 보류된 후기가 있습니다. 승인하기 전에는 아무에게도 보이지 않습니다.'],
      rows: [
        ['상품', '{{ product }}'],
        ['별점', '{{ rating }}'],
      ],
      button: '후기 확인하기',
    },
    digest: {
      subject: '관심 상품 {{ entries | size }}개의 새 소식',
      short: '관심 상품 {{ entries | size }}개의 새 소식이 있습니다.',
      preheader: '가격 인하와 재입고 소식을 모았습니다.',
      heading: '관심 상품 소식',
      paragraphs: ['지난 메일 이후 달라진 내용을 모아 보내 드립니다.'],
      button: '쇼핑하러 가기',
    },
  },
}
