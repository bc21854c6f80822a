/**
 * What people type, and which products of the demo catalog they mean by it, by SKU: 3 is what was asked for, 2 would do, 1 is better than nothing.
 * Judged from the catalog alone, before the engine was there.
 */
export interface Judgment {
  query: string
  language: 'en' | 'ko' | 'zh' | 'vi'
  kind: 'word' | 'phrase' | 'typo' | 'prefix' | 'synonym' | 'mixed' | 'marks' | 'sku'
  relevant: Record<string, 1 | 2 | 3>
}

/** What the shop's list of synonyms holds while these queries are asked. */
export const judgedSynonyms: string[][] = [
  ['earphones', 'earbuds', 'headphones'],
  ['thermos', 'insulated bottle'],
  ['rucksack', 'backpack'],
  ['mobile', 'smartphone'],
  ['trainers', 'sneakers', 'running shoes'],
  ['skillet', 'pan'],
  ['sun cream', 'sunscreen'],
  ['물휴지', '물티슈'],
  ['보습제', '보습'],
  ['腕表', '手表'],
  ['耳麦', '耳机'],
  ['cafe', 'cà phê'],
  ['máy nghe nhạc', 'loa'],
]

const en = (kind: Judgment['kind'], query: string, relevant: Judgment['relevant']): Judgment => ({ query, language: 'en', kind, relevant })
const ko = (kind: Judgment['kind'], query: string, relevant: Judgment['relevant']): Judgment => ({ query, language: 'ko', kind, relevant })
const zh = (kind: Judgment['kind'], query: string, relevant: Judgment['relevant']): Judgment => ({ query, language: 'zh', kind, relevant })
const vi = (kind: Judgment['kind'], query: string, relevant: Judgment['relevant']): Judgment => ({ query, language: 'vi', kind, relevant })

const english = [
  en('word', 'laptop', { 'NB-14-512': 3, 'NB-16-PRO': 3 }),
  en('word', 'coffee', { 'BEAN-YIRG': 3, 'COF-POUR': 3, 'KTL-GOOSE': 2, 'MUG-STONE': 2, 'CAPHE-BMT': 1 }),
  en('word', 'smartphone', { 'PH-LUMEN6': 3 }),
  en('word', 'linen', { 'SHIRT-LINEN': 3, 'DUVET-LINEN': 3 }),
  en('word', 'notebook', { 'NOTE-A5': 3, 'NB-14-512': 2, 'NB-16-PRO': 2 }),
  en('word', 'camping', { 'TENT-MEADOW-2': 3 }),
  en('phrase', 'wireless headphones', { 'HP-STUDIO': 3, 'EB-DRIFT': 1, 'KEY-QUIET': 1 }),
  en('phrase', 'noise cancelling', { 'HP-STUDIO': 3, 'EB-DRIFT': 3 }),
  en('phrase', 'green tea', { 'TEA-LONGJING': 3, 'KTL-GOOSE': 2 }),
  en('phrase', 'rain jacket', { 'JKT-FJORD': 3 }),
  en('phrase', 'trail running shoes', { 'RUN-RIDGE': 3, 'SNK-CANVAS': 1 }),
  en('phrase', 'organic cotton', { 'TEE-ORG': 3, 'BODY-ORG-3': 3 }),
  en('phrase', 'tent for two persons', { 'TENT-MEADOW-2': 3 }),
  en('phrase', 'waterproof speaker', { 'SPK-HARBOR': 3 }),
  en('phrase', 'monitor with usb-c', { 'MON-27-4K': 3, 'HUB-7': 1 }),
  en('phrase', 'cover duvet linen', { 'DUVET-LINEN': 3, 'SHIRT-LINEN': 1 }),
  en('phrase', 'children picture book', { 'BK-BEAR': 3 }),
  en('typo', 'labtop', { 'NB-14-512': 3, 'NB-16-PRO': 3 }),
  en('typo', 'headpones', { 'HP-STUDIO': 3 }),
  en('typo', 'keybord', { 'KEY-QUIET': 3 }),
  en('typo', 'choclate', { 'CHOC-72': 3 }),
  en('typo', 'bakpack', { 'BAG-TRAIL-28': 3, 'AID-KIT': 1 }),
  en('typo', 'canvas snekers', { 'SNK-CANVAS': 3 }),
  en('typo', 'dumbells', { 'DB-HEX': 3 }),
  en('typo', 'designing data intensve aplications', { 'BK-DDIA': 3 }),
  en('typo', 'yoag mat', { 'MAT-YOGA': 3 }),
  en('typo', 'bambo steamr', { 'STM-BAMBOO': 3 }),
  en('typo', 'moniter', { 'MON-27-4K': 3 }),
  en('prefix', 'headp', { 'HP-STUDIO': 3 }),
  en('prefix', 'sparkling wat', { 'WATER-12': 3 }),
  en('prefix', 'wool be', { 'HAT-RIB': 3 }),
  en('prefix', 'chef kn', { 'KNF-CHEF-20': 3 }),
  en('prefix', 'sunsc', { 'SUN-50': 3 }),
  en('synonym', 'earphones', { 'EB-DRIFT': 3, 'HP-STUDIO': 2 }),
  en('synonym', 'thermos', { 'BTL-INS-75': 3 }),
  en('synonym', 'rucksack', { 'BAG-TRAIL-28': 3, 'AID-KIT': 1 }),
  en('synonym', 'mobile', { 'PH-LUMEN6': 3 }),
  en('synonym', 'trainers', { 'SNK-CANVAS': 3, 'RUN-RIDGE': 3 }),
  en('synonym', 'skillet', { 'PAN-IRON-26': 3 }),
  en('synonym', 'sun cream', { 'SUN-50': 3 }),
  en('sku', 'NB-14-512', { 'NB-14-512': 3 }),
  en('sku', 'tee-org-xl', { 'TEE-ORG': 3 }),
  en('sku', 'ktl-goose', { 'KTL-GOOSE': 3 }),
  en('marks', "A COOK'S YEAR", { 'BK-COOK': 3 }),
  en('marks', 'ＬＡＰＴＯＰ', { 'NB-14-512': 3, 'NB-16-PRO': 3 }),
]

const korean = [
  ko('word', '이어폰', { 'EB-SORI': 3 }),
  ko('word', '키보드', { 'KEY-BARAM': 3 }),
  ko('word', '물티슈', { 'WIPES-10': 3 }),
  ko('word', '라면', { 'RAMYEON-5': 3 }),
  ko('phrase', '무선이어폰', { 'EB-SORI': 3 }),
  ko('phrase', '여름 원피스', { 'DRS-YEOREUM': 3 }),
  ko('phrase', '린넨 원피스를', { 'DRS-YEOREUM': 3 }),
  ko('phrase', '한국어 교재', { 'BK-HANGUL': 3 }),
  ko('phrase', '아기를 위한 물티슈', { 'WIPES-10': 3 }),
  ko('phrase', '건조한 피부 크림', { 'CREAM-SUBUN': 3, 'WIPES-10': 1 }),
  ko('typo', '블루투쓰 이어폰', { 'EB-SORI': 3 }),
  ko('typo', '기계식 키보두', { 'KEY-BARAM': 3 }),
  ko('typo', '매운 볶음나면', { 'RAMYEON-5': 3 }),
  ko('prefix', '물티', { 'WIPES-10': 3 }),
  ko('prefix', '이어ㅍ', { 'EB-SORI': 3 }),
  ko('prefix', '수분 크', { 'CREAM-SUBUN': 3 }),
  ko('synonym', '물휴지', { 'WIPES-10': 3 }),
  ko('synonym', '보습제', { 'CREAM-SUBUN': 3 }),
  ko('mixed', 'RGB 키보드', { 'KEY-BARAM': 3 }),
  ko('mixed', '수분크림 50ml', { 'CREAM-SUBUN': 3 }),
  ko('marks', '이어폰'.normalize('NFD'), { 'EB-SORI': 3 }),
]

const chinese = [
  zh('word', '耳机', { 'HP-JINGYIN': 3 }),
  zh('word', '手表', { 'WT-XINGYUN': 3 }),
  zh('word', '茶', { 'TEA-LONGJING': 3, 'POT-ZISHA': 3 }),
  zh('word', '茶叶', { 'TEA-LONGJING': 3 }),
  zh('word', '送礼', { 'MOON-8': 3, 'TEA-LONGJING': 3, 'POT-ZISHA': 3 }),
  zh('phrase', '降噪耳机', { 'HP-JINGYIN': 3 }),
  zh('phrase', '耳机 降噪', { 'HP-JINGYIN': 3 }),
  zh('phrase', '防水运动手表', { 'WT-XINGYUN': 3 }),
  zh('phrase', '中秋节礼盒', { 'MOON-8': 3 }),
  zh('phrase', '古典诗词', { 'BK-TANGSHI': 3 }),
  zh('typo', '蓝芽耳机', { 'HP-JINGYIN': 3 }),
  zh('typo', '龙景绿茶', { 'TEA-LONGJING': 3 }),
  zh('typo', '紫沙茶壶', { 'POT-ZISHA': 3 }),
  zh('prefix', '月', { 'MOON-8': 3 }),
  zh('prefix', '唐诗三', { 'BK-TANGSHI': 3 }),
  zh('prefix', '智能', { 'WT-XINGYUN': 3 }),
  zh('synonym', '腕表', { 'WT-XINGYUN': 3 }),
  zh('synonym', '耳麦', { 'HP-JINGYIN': 3 }),
  zh('mixed', '无线headphones', { 'HP-JINGYIN': 3, 'HP-STUDIO': 2 }),
  zh('mixed', '杭州 100 克 绿茶', { 'TEA-LONGJING': 3 }),
]

const vietnamese = [
  vi('word', 'cà phê', { 'CAPHE-BMT': 3 }),
  vi('word', 'loa', { 'SPK-SONG': 3 }),
  vi('word', 'đặc sản', { 'CAPHE-BMT': 3, 'NUOCMAM-PQ': 3 }),
  vi('phrase', 'nước mắm Phú Quốc', { 'NUOCMAM-PQ': 3 }),
  vi('phrase', 'áo dài lụa', { 'AODAI-LUA': 3 }),
  vi('phrase', 'loa bluetooth chống nước', { 'SPK-SONG': 3, 'SPK-HARBOR': 1 }),
  vi('phrase', 'ốp lưng silicon', { 'CASE-LUMEN6': 3 }),
  vi('phrase', 'sách thơ Nguyễn Du', { 'BK-KIEU': 3 }),
  vi('marks', 'ca phe', { 'CAPHE-BMT': 3 }),
  vi('marks', 'nuoc mam phu quoc', { 'NUOCMAM-PQ': 3 }),
  vi('marks', 'op lung dien thoai', { 'CASE-LUMEN6': 3 }),
  vi('marks', 'vot cau long', { 'RKT-CARBON': 3 }),
  vi('marks', 'DAC SAN', { 'CAPHE-BMT': 3, 'NUOCMAM-PQ': 3 }),
  vi('marks', 'truyện kiều'.normalize('NFD'), { 'BK-KIEU': 3 }),
  vi('typo', 'nước măm', { 'NUOCMAM-PQ': 3 }),
  vi('typo', 'vợt cầu lomg', { 'RKT-CARBON': 3 }),
  vi('typo', 'ốp lưng điện thoaị', { 'CASE-LUMEN6': 3 }),
  vi('typo', 'truyẹn kieeu', { 'BK-KIEU': 3 }),
  vi('prefix', 'truyện k', { 'BK-KIEU': 3 }),
  vi('prefix', 'cà phê ran', { 'CAPHE-BMT': 3 }),
  vi('prefix', 'vot ca', { 'RKT-CARBON': 3 }),
  vi('synonym', 'cafe', { 'CAPHE-BMT': 3 }),
  vi('mixed', 'ốp lumen 6', { 'CASE-LUMEN6': 3, 'PH-LUMEN6': 2 }),
  vi('mixed', 'racket cầu lông', { 'RKT-CARBON': 3 }),
]

export const judgments: Judgment[] = [...english, ...korean, ...chinese, ...vietnamese]
