/** What the demo customers write once a parcel has arrived, by the number of the product. Each text is taken once. */
export const demoReviews: Readonly<Record<string, readonly { stars: number; title: string; comment: string }[]>> = {
  '00': [
    {
      stars: 5,
      title: 'Quiet, and light enough',
      comment: 'I carry it to the office every day. The fan only starts when I compile something large.',
    },
    {
      stars: 4,
      title: 'Good screen, few ports',
      comment: 'The picture is sharp and the keyboard is a pleasure. I would have liked a card reader.',
    },
  ],
  '01': [
    {
      stars: 5,
      title: 'Text looks printed',
      comment: 'At 27 inches letters have no visible edge. The stand turns to portrait, which I use for reading code.',
    },
  ],
  '02': [
    {
      stars: 5,
      title: 'My colleagues thank me',
      comment: 'Truly quiet keys with a short travel. The battery has lasted five weeks so far.',
    },
    { stars: 3, title: 'Fine, but no backlight', comment: 'Types well. In the evening I miss lighted keys, so it stays at the office.' },
  ],
  '04': [
    { stars: 4, title: 'Warm sound', comment: 'Voices come out clearly, and they do not press on my glasses. The case is a bit bulky.' },
  ],
  '06': [{ stars: 5, title: 'Keeps its shape', comment: 'Washed it ten times at 40 degrees and it did not shrink. I ordered two more.' }],
  '08': [{ stars: 4, title: 'Warm and dry', comment: 'Wore the same pair for three days on a trail. They dry overnight.' }],
  '0a': [
    { stars: 5, title: 'Sharp from the box', comment: 'Cuts tomatoes without pressing. The walnut handle sits well even in a wet hand.' },
  ],
  '0b': [
    { stars: 5, title: 'Heavy, as it should be', comment: 'Eggs slide after a week of use. Heat it slowly and it forgives everything.' },
  ],
  '0c': [
    {
      stars: 4,
      title: 'A calm start of the day',
      comment: 'The dripper fits on every mug that I own. Forty filters are gone sooner than one thinks.',
    },
  ],
  '0d': [
    { stars: 5, title: 'No two alike', comment: 'I bought four, and each has its own pattern. They survive the dishwasher.' },
    {
      stars: 2,
      title: 'Mine leaked',
      comment: 'A hairline crack let the coffee through on the second day. The replacement came quickly, though.',
    },
  ],
  '0e': [
    {
      stars: 5,
      title: 'Read it twice',
      comment: 'The chapter about replication alone is worth the price. Clear, honest and full of references.',
    },
  ],
  '11': [
    {
      stars: 5,
      title: 'Carries well',
      comment: 'Twelve kilos for two days, and my shoulders were fine. The rain cover lives in its own pocket.',
    },
  ],
  '16': [{ stars: 4, title: 'Loud for its size', comment: 'Fills the balcony. It stayed on while it fell into the lake, and it floats.' }],
  '17': [
    {
      stars: 4,
      title: 'A phone that gets out of the way',
      comment: 'Fast, cool, and the camera sees in the dark. Charging could be quicker.',
    },
  ],
  '18': [
    { stars: 5, title: '통화 품질이 좋아요', comment: '지하철에서도 상대방 목소리가 또렷하게 들립니다. 귀에 오래 꽂아도 아프지 않아요.' },
    { stars: 4, title: '가성비 만족', comment: '배터리가 하루 종일 갑니다. 케이스가 조금 더 작았으면 좋겠어요.' },
  ],
  '19': [{ stars: 5, title: '키감이 최고', comment: '손목이 편하고 소리도 생각보다 조용합니다. 조명 색을 바꾸는 재미가 있어요.' }],
  '1a': [
    { stars: 5, title: '降噪效果很好', comment: '坐高铁时几乎听不到外面的声音，戴两个小时也不夹头。' },
    { stars: 4, title: '音质不错', comment: '低音有力，人声清楚。充电口如果能防尘就更好了。' },
  ],
  '1b': [{ stars: 4, title: '续航超出预期', comment: '每天跑步用，一周充一次电。表带稍微有点硬，过几天就软了。' }],
  '1d': [{ stars: 5, title: 'Nhỏ mà to tiếng', comment: 'Mang đi biển cả ngày vẫn còn pin. Dính nước không sao, rửa qua là sạch.' }],
  '20': [
    { stars: 5, title: 'Grip on wet rock', comment: 'Forty kilometres in the first week and no blister. They run half a size small.' },
  ],
  '24': [{ stars: 5, title: '여름에 딱이에요', comment: '바람이 잘 통하고 구김도 자연스러워요. 사진과 색이 똑같습니다.' }],
  '25': [{ stars: 5, title: 'Lụa mềm và đẹp', comment: 'Mặc trong ngày cưới của em gái, ai cũng khen. Đường may rất kỹ.' }],
  '28': [{ stars: 5, title: '出水很顺', comment: '泥料细腻，养了一个月已经有光泽。包装也很用心。' }],
  '2b': [{ stars: 5, title: 'Bergamot and apricot', comment: 'Roasted eight days before it arrived. Best as a filter at 93 degrees.' }],
  '2c': [{ stars: 5, title: '豆香明显', comment: '泡三次还有味道，茶汤清亮。送给父亲，他很喜欢。' }],
  '2d': [{ stars: 4, title: 'Đậm đúng vị', comment: 'Pha phin thơm cả nhà. Hơi mịn một chút nếu dùng máy.' }],
  '2e': [
    { stars: 5, title: '맵지만 자꾸 먹게 돼요', comment: '치즈를 올리면 딱 좋습니다. 다섯 봉지가 금방 없어져요.' },
    { stars: 3, title: 'Very hot indeed', comment: 'Half of the sauce is enough for me. The noodles themselves are excellent.' },
  ],
  '34': [
    {
      stars: 5,
      title: 'At last a book with a plan',
      comment: 'Ten minutes a day, and after a month I read shop signs. The recordings are clear and slow.',
    },
  ],
  '37': [
    { stars: 5, title: 'Every evening, twice', comment: 'My daughter knows it by heart. The pages are thick enough for small hands.' },
  ],
  '39': [
    { stars: 4, title: 'Stood a stormy night', comment: 'Up in five minutes, dry in the morning. Two people and a dog is the limit.' },
  ],
  '3b': [{ stars: 4, title: 'Nhẹ và cứng', comment: 'Đánh đôi rất linh hoạt. Cước kèm theo nên thay loại tốt hơn.' }],
  '3c': [{ stars: 5, title: 'My back is grateful', comment: 'The belt takes the weight. Our son falls asleep in it within minutes.' }],
  '42': [{ stars: 5, title: 'Takes fountain pens', comment: 'No bleeding, no ghosting, and it opens flat. I use one for each project.' }],
  '43': [{ stars: 5, title: '촉촉하고 끈적이지 않아요', comment: '건조한 사무실에서도 하루 종일 편안합니다. 향이 거의 없어서 좋아요.' }],
}

/** The spam filter holds this one back, so that the list of reviews to decide is not empty. */
export const demoSpam = {
  rating: 5,
  title: 'BEST CHEAP WATCHES!!!',
  comment:
    'Earn $$$ from home, visit http://cheap-watches.example now and buy followers. Click here http://win.example!!! Free gift for all.',
}
