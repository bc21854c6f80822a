/**
 * Words that belong together in English, Vietnamese (which is read without its accents), Korean and Chinese. A topic is a mark of its own, so what was
 * learned from one word of it holds for the others, in each language. Latin words are looked for where words begin.
 */
const words: Record<string, { latin: RegExp; hangul: RegExp; han: RegExp }> = {
  channel: {
    latin:
      /\b(?:(my|our|his|her) ((new|own|first|small|little|you ?tube|gaming|music|funny) )*(chann?el|videos?|vids?|vidios?|covers?|playlist|remix(es)?|beats|mixtape|stream|single|track|song)\b|su[bs]?c?s?cri(be|bers?)\b|subs?\b|sub ?(4|for) ?sub|you ?tube chann?el|follow (me|my|us|back|@)|followers?\b|(upcoming|new|young|unsigned) (singer|rapper|producer|artist|musician|band)\b|dang ky kenh|kenh (cua )?(minh|em|toi|dj)|sub (cheo|lai|nua)|follow\b|(tim|like|follow) cheo)/g,
    hangul: /구독(자|해|\s*(부탁|눌러|좀))|맞구독|좋댓구알|(맞|선)팔|제 채널|팔로우|팔로워/g,
    han: /频道|订阅.{0,3}(点赞|我)|求(关注|订阅|点赞|大家)|粉丝|互粉|互关|互赞|直播间|开播/g,
  },
  page: {
    latin:
      /\b(?:(my|our) (page|profile|bio|link|site|website|blog|shop|store|instagram|insta|onlyfans|snap)\b|link in bio|bio\b|trang (cua )?(ca nhan|em|minh)|link bio|ghe (shop|trang|kenh|web)|shop (cua )?(em|minh)\b)/g,
    hangul: /프로필|블로그(에|도| 오)|놀러\s*오|구경\s*오|서로이웃|스토리에서|스토어도/g,
    han: /主页|头像|简介|朋友圈/g,
  },
  contact: {
    latin:
      /\b(?:(contact|text|message|msg|dm|call|add|reach|email|mail|write|whatsapp|hit) (me|us|him|her|now|them|via|on|through|to|at|up)\b|contact\b|call now\b|helpline\b|toll free|agent\b|lien he|ib\b|inbox|nhan tin|nhan (em|minh|zalo)|(add|ket ban|them) (voi )?(zalo|tele)|ket ban|goi (ngay|thay|luong|em)|alo\b|hotline|tu van vien|de lai so)/g,
    hangul: /문의|연락\s*(주|처)|상담|추가\s*(하|만|해)|친구 추가|친추/g,
    han: /联系|私聊|私信|咨询|加(我|群|微|q|v|扣)|进群|入群|同号|找我|的来/g,
  },
  earning: {
    latin:
      /\b(?:(earn(s|ed|ing)?|income|salary|payout|jobs?|hiring|recruiter|rich|money (fast|online)|make money|made \$|pays? me|per hour|an hour|hours? a day|from home|part.?time|side hustle|dropship\w*|broke)\b|kiem tien|viec (nhe|lam)|tuyen (ctv|cong|nguoi|nu|dung|si)|luong \d|thu nhap|lam giau|hoa hong|ctv\b|kiem \d|doi doi|tu do tai chinh|khong can von)/g,
    hangul: /수익|부업|재택|알바|용돈|월 ?\d+|일당|고수익|당일 지급|돈 (버|벌)|벌었|돈버는|역전/g,
    han: /日赚|月入|日入|月薪|日薪|日结|兼职|副业|招聘|招代理|赚(钱|了|五|大)|高薪|一单一结|代理|回血/g,
  },
  investing: {
    latin:
      /\b(?:(crypto\w*|bitcoins?|btc|eth|usdt|forex|fx|trad(er|ing)|invest(ing|ment|or|ed)?|airdrop|wallet|tokens?|signals|pump group|deposit|profit|coach|financial)\b|coin\b|dau tu|loi nhuan|lai \d|tin hieu|chung khoan|vi (tai|dien tu)\b|san (forex|giao dich)|nap \d)/g,
    hangul: /코인|비트|리딩|급등주|주식|에어드랍|선물 옵션|수익률|재테크|자동매매|분양/g,
    han: /股票|牛股|比特币|合约|空投|带单|基金|外汇|理财|挖矿|算力|交易所|数字货币|返佣|元宇宙|稳赚/g,
  },
  gambling: {
    latin:
      /\b(?:(casino|bets?|betting|slots?|jackpot|poker|lottery|free spins?|spins|1xbet|gambl\w+|sure tips|win big|odds)\b|nha cai|lo de\b|soi cau|no hu\b|xoc dia|bai doi thuong|game bai|tien len|ca do|keo (thom|bong)|bong da|ve so|vietlott|doi the|rut tien)/g,
    hangul: /카지노|카 지 노|바카라|토토|슬롯|잭팟|놀이터|먹튀|꽁머니|첫\s*(충|입금|가입)|로또|홀덤|배당|베팅|벳/g,
    han: /彩金|彩票|博彩|赌场|百家乐|棋牌|六合彩|时时彩|荷官|首(存|充|冲)|线上娱乐|电子游艺|捕鱼|红单|提现|送\d+(元|块|u)|私彩|赔率/g,
  },
  adult: {
    latin:
      /\b(?:(sexy?|hot (girls?|pics?)|nudes?|naked|escorts?|milf|onlyfans|porn\w*|xxx\w*|horny|adult videos?|lovers?|single and|without clothes|lonely|cam live|vip models)\b|gai goi|khong che|sex\b|tam su|kich duc|dem khuya|cac anh)/g,
    hangul: /성인 ?(영상|방송)|야동|출장|섹|만남|오피\b|조건|외로|온리팬스|밤에/g,
    han: /美女|约会|成人|一夜情|丝袜|寂寞|看片|私房照|小姐姐|少妇|同城|上门服务|福利视频/g,
  },
  lending: {
    latin:
      /\b(?:(loans?|debts?|credit (ok|cards?|score)|grants?|cash ?app|paypal accounts?|cvv|insurance quotes?|interest)\b|vay (nhanh|tien|tra)|cho vay|giai ngan|the chap|tra gop|dao han|the tin dung|tham dinh|rut tien mat)/g,
    hangul: /대출|급전|현금화|소액결제|신용(불량|카드)|무직자|통장|개인회생|한도|보험 (리모|상담)|보험금/g,
    han: /贷款?|套现|征信|放款|信用(卡|贷)|抵押|提额|代还|逾期/g,
  },
  cure: {
    latin:
      /\b(?:(viagra|cialis|pills?|gummies|lost \d+ ?(kg|kilos|pounds|lbs)|belly fat|herbal|cured?|steroids|spells?|priest|astrologer|black magic|prescription|doctors? (hate|are)|spiritual|fortune)\b|cuong duong|gia truyen|dut diem|tan goc khong|no nguc|xem boi|bua\b|tu vi|giam \d+ ?kg|tang chieu cao|tri (nam|mun|dut)|thuoc nam)/g,
    hangul: /비아그라|시알리스|정력|감량|최음|부적|사주|점괘|타로|풍수/g,
    han: /运势|伟哥|减肥|瘦.{0,3}斤|根治|秘方|增高|丰胸|疗程|算命|大师|风水|中医|催情|迷药/g,
  },
  papers: {
    latin:
      /\b(?:(diplomas?|fake (passport|id)|passports?|driving licen[cs]es?|degree without|essays?|transcripts?|cigarettes|vape)\b|bang (cap|lai|dai hoc)|bao (dau|soi)|tien gia|hoa don vat|visa di|xuat khau lao dong|thuoc la|tinh dau)/g,
    hangul: /학위|면허증|대필|논문|레포트|자격증|담배|액상|아이디 삽니다/g,
    han: /证件|学历|驾照|开发票|代写|包过|香烟|假币|移民|答案|考研/g,
  },
  imitation: {
    latin: /\b(?:replicas?\b|aaa\b|1 ?: ?1\b|super fake|rep\b|xach tay gia)/g,
    hangul: /레플리카|명품|짝퉁 (시계|가방)|창고 ?(대방출|개방)/g,
    han: /高仿|复刻|莆田|精仿|走私|原单/g,
  },
  promotion: {
    latin:
      /\b(?:(seo|backlinks?|traffic|rank #?1|on google|promo(te|tion)|marketing|agency|we (sell|offer|can promote)|buy (followers|likes|views|instagram)|wholesale|reseller|services? (in|from)|affordable|instant delivery|top ups?)\b|tang (like|follow|tuong tac|luot)|quang cao tang|len top|thiet ke web|ban si|gia si|si le|tan (goc|xuong)|fanpage|dich vu|nhan (viet|lam|hack|cham))/g,
    hangul: /상위\s*노출|마케팅|대행|작업|체험단|조회수|팔로워 늘|광고|제안서|창업|위탁판매|업체|도매|전문 ?업체/g,
    han: /刷(单|粉|赞|销量)|推广|排名|运营|代发|网站建设|小程序开发|货源|批发|厂家|一手|代写/g,
  },
  prize: {
    latin:
      /\b(?:(free (gift|iphone|robux|premium|access|trial|bottle|diamonds|v-bucks|nitro|netflix|data)|giveaway|giving away|winners?|prizes?|gift cards?|claim|lucky|bonus|welcome bonus|selected|congratulations)\b|trung (iphone|thuong)|nhan (qua|lien [0-9]|tai lieu|file)|mien phi|tang \d|qua tang|tri an)/g,
    hangul: /당첨|경품|사은품|증정|기프티콘|추첨|공짜|무료\s*(입장|추천|체험|상담|가입|강의|나눔|배포|보기|회원)/g,
    han: /恭喜|免费|领取?|红包|中奖|抽中|送礼|幸运/g,
  },
  code: {
    latin:
      /\b(?:(promo|invite|referral|discount|coupon|bonus) ?(code|link)s?\b|use code\b|ref(erral)?\b|\d+ ?% off\b|ma gioi thieu|nhap (ma )?[a-z]*\d|nhap ma)/g,
    hangul: /추천\s*(인|코드)|초대 ?코드|가입\s*코드|쿠폰 \w+ 입력|코드 [a-z0-9]+ ?(입력)?/g,
    han: /邀请码|优惠券码|返(现|利)|砍一刀|助力|复制这|口令/g,
  },
  click: {
    latin:
      /\b(?:(click|visit|sign ?up|register|join|download|log ?in|apply|go to|check (it |this |that )?out|take a look|have a look|come (see|look)|listen to my|see how|see my)\b|bam (vao|link|giup)|click\b|dang ky|truy cap|tai (app|game|tai)|vao (link|nhom|group|kenh|trang|web)|link\b)/g,
    hangul: /클릭|접속|가입|들어\s*오세요|바로\s*가기|링크|신청|설치하고|눌러|입력하|검색(하|창)/g,
    han: /点击|点我|链接|登录|注册|下载|扫码|网址|公众号|搜索?|打开/g,
  },
  elsewhere: {
    latin:
      /\b(?:(cheaper|better (product|price|one|version|than this)|half price|same (item|product|quality|watch)|original (one )?(at|is)|real one|they sell fakes|buy (it |here |the )?(at|from|original)|is a scam|direct(ly)? from factory|official store)\b|re hon o|qua (shop|hang)|ben (link|nay|minh)|hang that|hang (xin|chinh hang) re|nua gia|dung mau nay)/g,
    hangul: /더 싼|더 싸|훨씬 싸|반값|여기서 (사|구매)|사지 마|최저가|직판|공구 진행|공식스토어/g,
    han: /正品|同款|半价|便宜又|我(的|朋友的?)店|不要在这|新店|清仓|原价|内部(价|员工)/g,
  },
  chain: {
    latin:
      /\b(?:(copy and paste|share this|bad luck|share (it )?before|like this comment|thumbs up|if you agree|please like)\b|chia se bai|chep lai|xui\b|dan vao)/g,
    hangul: /공유 안|공유하|복사해|붙여넣|불행|삭제되기/g,
    han: /转发|不转|倒霉/g,
  },
  spying: {
    latin:
      /\b(?:(hack(s|er|ers|ing)?|spy\w*|track(ing)? (your|her|his) phone|recover(y|ed)? (my |your |stolen )?\w*(crypto|funds|money)?|generator)\b|hack\b|dinh vi|theo doi (chong|vo)|doc trom|ngoai tinh|tham tu)/g,
    hangul: /해킹|뒷조사/g,
    han: /黑客|查(开房|询个人)|外挂|透视|翻墙|聊天记录/g,
  },
  phishing: {
    latin:
      /\b(?:(verif(y|ied|ication)|validated?|suspended|renewal|customer support|support (phone|number|toll)|(on|is on) hold|redelivery|card number|survey|refund now)\b|bi (khoa|giu)|xac minh|dong phi|so the\b)/g,
    hangul: /계정이|본인 인증|반송|정지되|주소지 오류/g,
    han: /异常|验证|理赔|停用|传票|丢失|客服(电话|qq)/g,
  },
  trade: {
    latin:
      /\b(?:(plumber|movers|packers|technician|printer not|errors?\?|rent (a )?(luxury )?cars?|cheap (flights?|car|gold|essays?|likes)|sell(ing)? (your|my) (account|old|used)|we buy|best rates)\b|sua (may|tu)|thong cong|hut ham|don nha|thu mua|ban nha|dat nen|can ho|so do|sim so|ban tai khoan|nick\b|gia soc\b)/g,
    hangul: /수리|이사 견적|매입|렌탈|설치 ?현금|팝니다|삽니다|청소 업체|성형|임플란트|중계|다시보기/g,
    han: /疏通|搬家|开锁|家电维修|回收|收(银行卡|q|号)|低价|出租|办理|代练|专业团队|除甲醛/g,
  },
  using: {
    latin:
      /\b(?:(bought|ordered|arriv(ed|es)|deliver(ed|y)|broke|broken|works?|worked|wash(ed)?|returned|fits?|size|colou?r|smell\w*|after (a|two|three|\d) (days?|weeks?|months?|years?)|battery|fabric|comfortable|sturdy|purchas\w+|packag\w+|courier)\b|dung (duoc|roi|tot|thu)|giao (hang )?(nhanh|lau|thieu|nham)|size\b|mau\b|vai\b|dong goi|mua (lan|ve|tang)|hu\b|hong\b|pin\b)/g,
    hangul: /샀|배송|썼|쓰고|사용|사이즈|색이|냄새|고장|포장|교환|환불|택배|예뻐|재구매|받았|왔어요/g,
    han: /收到|用了|快递|物流|质量|尺码|颜色|味道|退货|退款|坏了|做工|手感|包装|说明书/g,
  },
  family: {
    latin:
      /\b(?:my (son|daughter|kids?|wife|husband|dad|mom|mum|mother|father|dog|cat|girlfriend|boyfriend|neighbou?rs?|boss|old|skin|hands?|phone|laptop|students|niece|grand\w+)\b|me minh|vo minh|chong minh|con (gai|trai|minh)|chau\b|ba ngoai|be\b)/g,
    hangul: /아이|엄마|부모님|남편|할머니|강아지|고양이|조카|딸/g,
    han: /孩子|爸|妈|老公|老婆|女儿|猫|狗|女朋友|宝宝|同事|邻居|奶奶/g,
  },
  moved: {
    latin:
      /\b(?:(song|listening|album|movie|film|book|chapter|lyrics|voice|guitar|drums|goosebumps|cry|cried|chills|masterpiece|memories|nostalgi\w+|legend|love (this|it))\b|bai hat|phim\b|nghe\b|album|truyen|khoc|noi da ga|ca si)/g,
    hangul: /노래|앨범|영화|명곡|목소리|듣|울었|소름|추억/g,
    han: /歌|专辑|电影|小说|循环|想哭|听|回忆|感动/g,
  },
}

const each = (script: 'latin' | 'hangul' | 'han') => Object.entries(words).map(([topic, patterns]) => [topic, patterns[script]] as const)
const [latin, hangul, han] = [each('latin'), each('hangul'), each('han')]

/** The patterns that can match in the text, by its scripts. */
export const topicsFor = (text: string) => [
  ...(/[a-z]/.test(text) ? latin : []),
  ...(/[ㄱ-ㆎ가-힣]/.test(text) ? hangul : []),
  ...(/[\u4e00-\u9fff]/.test(text) ? han : []),
]
