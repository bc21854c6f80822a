import type { StoredProduct } from '#services/search/repository'

/** A made catalog for searches: seven products in ten in English, the others in Korean, Chinese and Vietnamese; the same ones each time. */

const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const things =
  'headphones,earbuds,speaker,keyboard,mouse,monitor,laptop,phone,charger,cable,adapter,watch,camera,tripod,lens,backpack,wallet,shoes,sneakers,boots,jacket,shirt,jeans,dress,skirt,socks,hat,gloves,scarf,sunglasses,lamp,desk,chair,sofa,shelf,mattress,pillow,blanket,curtain,rug,kettle,toaster,blender,mixer,knife,pan,pot,plate,mug,bottle,tent,bicycle,helmet,treadmill,mat,ball,racket,guitar,piano,drum,violin,book,notebook,pen,pencil,paint,brush,puzzle,robot,drone,printer,router,tablet,case,stand,battery,fan,heater,vacuum,soap,perfume,razor,comb'.split(
    ',',
  )
const kinds =
  'wireless,bluetooth,portable,waterproof,ergonomic,leather,cotton,stainless,steel,wooden,bamboo,ceramic,glass,foldable,adjustable,rechargeable,mechanical,optical,gaming,professional,premium,classic,vintage,modern,compact,lightweight,large,small,mini,smart,digital,electric,organic,natural,soft,slim,thick,warm,quiet,fast,durable,breathable,recycled,running,hiking,kitchen,garden,outdoor,travel,office,kids,women,men'.split(
    ',',
  )
const korean =
  '무선,블루투스,이어폰,헤드폰,스피커,키보드,마우스,모니터,노트북,휴대폰,충전기,케이블,시계,카메라,배낭,지갑,운동화,부츠,재킷,셔츠,청바지,원피스,양말,모자,장갑,램프,책상,의자,소파,베개,담요,커튼,주전자,냄비,접시,물병,텐트,자전거,방수,가죽,유리,휴대용,고급'.split(
    ',',
  )
const chinese =
  '无线,蓝牙,耳机,音箱,键盘,鼠标,显示器,笔记本电脑,手机,充电器,数据线,手表,相机,背包,钱包,运动鞋,靴子,夹克,衬衫,牛仔裤,连衣裙,袜子,帽子,手套,台灯,书桌,椅子,沙发,枕头,毛毯,窗帘,水壶,平底锅,盘子,帐篷,自行车,防水,真皮,玻璃,便携,高级,降噪'.split(
    ',',
  )
const vietnamese =
  'tai nghe,không dây,loa,bàn phím,chuột,màn hình,máy tính,điện thoại,sạc,cáp,đồng hồ,máy ảnh,balo,ví,giày,áo khoác,áo thun,quần jean,váy,tất,mũ,găng tay,đèn,bàn,ghế,nệm,gối,chăn,rèm,dao,chảo,đĩa,cốc,bình nước,lều,xe đạp,chống nước,da thật,thép,gỗ,cao cấp,chống ồn'.split(
    ',',
  )
const syllables =
  'ba be bi bo bu da de di do du fa fe fi ka ke ki ko la le li lo lu ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo za ze zi zo'.split(
    ' ',
  )

/** What a shop's visitors might type: one to four words, beginnings, typos, and other languages with and without marks. */
export const queries =
  'wireless headphones,bluetooth speaker,headphnes,wirless earbuds,leather wallet black,kitch,lap,gaming mechanical keyboard,waterproof hiking boots men,foldable desk,무선 이어폰,블루투스,노트북,蓝牙耳机,防水手表,无线降噪耳机,tai nghe không dây,tai nghe khong day,giày,ao khoac,stainless steel pan,brefrthable,yoga mat,smart watch,a,wireless,premium leather cotton,usb,kids robot,sofa'.split(
    ',',
  )

export function* madeProducts(count: number): Generator<StoredProduct & { stock: number }> {
  const next = random(42)
  const pick = (words: readonly string[]) => words[Math.floor(next() * words.length)] ?? ''
  /** The first words of a list far more often than the last, as words of a language are. */
  const often = (words: readonly string[]) => words[Math.floor(words.length * next() ** 2.2)] ?? ''
  const made = (from: number, to: number) =>
    Array.from({ length: from + Math.floor(next() * (to - from + 1)) }, () => pick(syllables)).join('')
  const brands = Array.from({ length: 3000 }, () => made(2, 3))
  const models = Array.from({ length: 20_000 }, () => `${made(1, 2)}${Math.floor(next() * 900 + 10)}`)
  const others = Array.from({ length: 12_000 }, () => made(2, 4))
  const groups = Array.from({ length: 80 }, (_, n) => `${pick(kinds)} ${pick(things)} ${n}`)
  const text = (words: number, word: () => string, between = ' ') => Array.from({ length: words }, word).join(between)
  const english = () => (next() < 0.35 ? often(kinds) : next() < 0.5 ? often(things) : often(others))
  for (let n = 0; n < count; n++) {
    const brand = often(brands)
    const group = Math.floor(80 * next() ** 2.2)
    const [name, description] =
      n % 10 === 7
        ? [`${brand} ${often(korean)}${often(korean)} ${pick(korean)}`, text(14, () => often(korean) + pick(['은', '을', '의', '']))]
        : n % 10 === 8
          ? [`${brand} ${often(chinese)}${often(chinese)}${pick(chinese)}`, text(18, () => often(chinese), '')]
          : n % 10 === 9
            ? [`${often(vietnamese)} ${brand} ${pick(vietnamese)}`, text(14, () => often(vietnamese))]
            : [`${brand} ${often(kinds)} ${often(kinds)} ${often(things)} ${pick(models)}`, text(26, english)]
    yield {
      id: (0xe00000000 + n).toString(16).padStart(24, '0'),
      name,
      description,
      sku: `${brand.slice(0, 2)}-${String(n).padStart(6, '0')}`.toUpperCase(),
      skus: [],
      category: groups[group] ?? '',
      category_ids: [(0xc0000 + group).toString(16).padStart(24, '0')],
      tags: [...new Set([often(kinds), often(things)])],
      attributes: [brand, pick(['black', 'white', 'red', 'blue', 'green']), pick(['cotton', 'leather', 'steel', 'wood', 'glass'])],
      images: [],
      price: Math.floor(next() * 100_000 + 99) / 100,
      currency: 'USD',
      created_at: 1_700_000_000_000 + n * 1000,
      stock: next() < 0.15 ? 0 : Math.floor(next() * 200),
    }
  }
}
