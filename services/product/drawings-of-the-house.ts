import { area, box, type Drawing, disc, grid, line, oval, turned } from './draw'

const steam = (ink: string) => line('M170 96 C158 80 182 72 170 54 M204 96 C192 80 216 72 204 54', ink, 6)

export const kitchenware: Record<string, Drawing> = {
  knife: ({ main, dark, deep, light }) =>
    turned(
      -38,
      area('M48 190 L238 176 V226 C160 236 90 224 48 190 Z', main),
      area('M48 190 L238 206 V226 C160 236 90 224 48 190 Z', light),
      box(238, 172, 118, 36, 14, deep),
      [268, 298, 328].map(x => disc(x, 190, 4, light)).join(''),
      box(232, 170, 12, 58, 3, dark),
    ),
  pan: ({ main, dark, deep, light }) =>
    turned(
      -20,
      box(272, 186, 116, 28, 14, deep),
      disc(172, 200, 112, dark),
      disc(172, 200, 94, main),
      disc(172, 200, 78, deep),
      line('M116 178 C126 146 156 134 180 138', light, 6),
    ),
  dripper: ({ main, dark, deep, light, pale }) =>
    steam(light) +
    area('M118 108 H282 L226 188 H174 Z', main) +
    box(148, 186, 104, 14, 7, dark) +
    line('M282 122 C312 122 306 160 268 156', dark, 9) +
    area('M156 200 H244 L272 304 C272 322 128 322 128 304 Z', pale) +
    area('M140 260 H260 L272 304 C272 322 128 322 128 304 Z', deep),
  mug: ({ main, dark, light, pale }) =>
    steam(light) +
    line('M268 164 C330 156 330 262 262 254', dark, 20) +
    area('M112 128 H276 V262 C276 330 112 330 112 262 Z', main) +
    oval(194, 128, 82, 18, dark) +
    oval(194, 131, 70, 12, pale) +
    line('M114 214 C150 226 240 200 274 216', light, 10),
  kettle: ({ main, dark, deep, light }) =>
    line('M262 250 C320 250 282 140 344 134', dark, 14) +
    area('M140 158 H250 L276 306 H114 Z', main) +
    oval(195, 158, 55, 14, light) +
    disc(195, 138, 12, deep) +
    line('M136 190 C62 170 62 290 118 282', deep, 16) +
    area('M150 180 L140 290 H158 L166 180 Z', light),
  teapot: ({ main, dark, light }) =>
    area('M262 220 C310 220 296 164 344 156 L350 172 C322 190 326 264 268 266 Z', dark) +
    line('M130 190 C60 180 62 282 134 270', dark, 18) +
    oval(200, 232, 92, 74, main) +
    oval(200, 166, 54, 15, dark) +
    area('M152 160 C160 134 240 134 248 160 Z', main) +
    disc(200, 132, 13, dark) +
    line('M140 214 C150 190 172 180 190 180', light, 7),
  steamer: ({ main, dark, light, pale }) =>
    [142, 218].map(y => box(84, y, 232, 72, 10, main) + box(84, y + 12, 232, 10, 0, dark) + box(84, y + 50, 232, 10, 0, light)).join('') +
    oval(200, 142, 118, 34, light) +
    [144, 200, 256].map(x => disc(x, 128, 28, pale)).join('') +
    [144, 200, 256].map(x => line(`M${x - 8} 116 L${x} 124 L${x + 8} 116`, main, 3)).join(''),
  board: ({ main, dark, light, pale }) =>
    turned(
      -14,
      box(106, 92, 188, 236, 24, dark),
      box(98, 84, 188, 236, 24, main),
      line('M130 104 V300 M168 104 V300 M206 104 V300 M246 104 V300', light, 4),
      disc(192, 112, 12, pale),
    ),
}

export const groceries: Record<string, Drawing> = {
  pouch: ({ main, dark, deep, light, pale }) =>
    area('M124 92 H276 L292 330 H108 Z', main) +
    area('M124 92 H276 L280 130 H120 Z', dark) +
    box(128, 80, 144, 18, 6, deep) +
    box(142, 170, 116, 116, 12, pale) +
    area('M200 268 C160 250 164 204 200 188 C236 204 240 250 200 268 Z', main) +
    line('M200 260 C190 236 210 222 200 196', light, 5),
  noodles: ({ main, dark, light, pale }) =>
    line('M236 60 L176 190 M268 66 L196 190', dark, 8) +
    line('M120 178 C140 150 160 196 180 164 C200 196 220 150 240 180 C256 156 272 176 284 182', '#f3d48a', 16) +
    area('M80 186 H320 C320 270 276 314 246 318 H154 C124 314 80 270 80 186 Z', main) +
    box(146, 312, 108, 16, 6, dark) +
    line('M104 220 H296', pale, 8) +
    disc(158, 174, 14, light),
  bottle: ({ main, dark, deep, light, pale }) =>
    box(176, 54, 48, 30, 6, deep) +
    area(
      'M180 84 H220 V136 C262 158 262 176 262 200 V316 C262 330 252 336 240 336 H160 C148 336 138 330 138 316 V200 C138 176 138 158 180 136 Z',
      main,
    ) +
    box(138, 206, 124, 84, 0, pale) +
    disc(200, 248, 24, light) +
    line('M156 300 V320 M156 168 C160 160 168 156 176 150', light, 6) +
    line('M186 250 L196 260 L216 236', dark, 6),
  jar: ({ main, dark, light, pale }) =>
    box(118, 92, 164, 48, 12, dark) +
    box(104, 140, 192, 180, 36, main) +
    box(104, 196, 192, 78, 0, pale) +
    disc(200, 235, 26, light) +
    disc(200, 235, 13, main) +
    line('M128 168 C130 160 136 156 144 156', pale, 8),
  chocolate: ({ main, dark, deep, light }) =>
    turned(
      -10,
      box(124, 70, 152, 150, 8, deep),
      grid(4, 3, (column, row) => box(132 + column * 35, 78 + row * 42, 31, 36, 4, dark)),
      box(118, 186, 164, 146, 6, main),
      area('M118 186 L138 174 L158 186 L178 174 L198 186 L218 174 L238 186 L258 174 L282 186 V196 H118 Z', light),
      box(142, 236, 116, 52, 6, light),
    ),
  box: ({ main, dark, light, pale }) =>
    box(70, 116, 260, 200, 14, main) +
    box(84, 130, 232, 172, 8, dark) +
    grid(4, 2, (column, row) => {
      const [x, y] = [122 + column * 52, 176 + row * 78]
      return disc(x, y, 24, '#d9a350') + disc(x, y, 15, pale) + disc(x, y, 8, '#d9a350')
    }) +
    line('M70 116 C120 80 280 80 330 116', light, 8),
  wipes: ({ main, dark, light, pale }) =>
    area('M164 118 C176 70 196 110 210 76 C224 100 240 92 236 130 Z', '#fff') +
    box(66, 120, 268, 180, 32, main) +
    box(66, 252, 268, 48, 22, dark) +
    box(132, 120, 136, 62, 18, pale) +
    line('M154 148 H246', light, 6) +
    disc(120, 226, 16, light) +
    disc(146, 218, 9, pale),
  tube: ({ main, dark, light, pale }) =>
    area('M126 72 H274 L246 276 H154 Z', main) +
    box(124, 64, 152, 16, 4, dark) +
    box(152, 276, 96, 56, 12, pale) +
    disc(200, 164, 30, light) +
    line('M200 118 V104 M200 210 V224 M154 164 H142 M246 164 H258 M168 132 L158 122 M232 132 L242 122', light, 7),
}

export const paper: Record<string, Drawing> = {
  book: ({ main, dark, light, pale }) =>
    turned(
      -8,
      box(122, 74, 180, 254, 8, dark),
      box(126, 80, 170, 242, 2, '#fffdf6'),
      box(104, 70, 180, 254, 8, main),
      box(104, 70, 22, 254, 8, dark),
      box(148, 108, 114, 12, 6, pale),
      box(148, 132, 78, 12, 6, light),
      area('M148 282 L190 206 L218 248 L236 224 L262 282 Z', light),
      disc(236, 190, 15, pale),
    ),
  magazine: ({ main, dark, light, pale }) =>
    turned(
      6,
      box(116, 66, 178, 268, 3, pale),
      box(108, 62, 178, 268, 3, main),
      box(124, 78, 146, 34, 2, '#fff'),
      area('M108 250 C150 220 180 280 220 246 C246 226 270 250 286 240 V330 H108 Z', dark),
      area('M176 236 L206 150 L216 236 Z M222 236 L218 168 L250 236 Z', '#fff'),
      box(124, 304, 60, 8, 4, light),
    ),
  notebook: ({ main, dark, light, pale }) =>
    turned(
      8,
      box(112, 70, 184, 258, 12, dark),
      box(104, 66, 184, 258, 12, main),
      box(252, 66, 12, 258, 0, dark),
      box(132, 110, 92, 56, 4, pale),
      line('M146 130 H208 M146 146 H190', light, 5),
      line('M170 324 V352', light, 8),
    ) + turned(30, box(286, 90, 14, 190, 4, light), area('M286 280 H300 L293 302 Z', dark)),
  rings: ({ main, dark, light, pale }) =>
    box(194, 66, 12, 240, 6, '#d8b98a') +
    disc(200, 78, 22, dark) +
    [56, 70, 84, 98, 112]
      .map((half, n) => box(200 - half, 108 + n * 38, half * 2, 34, 17, [pale, light, main, '#8fb7c9', dark][n] ?? main))
      .join('') +
    area('M96 300 H304 C290 330 110 330 96 300 Z', '#d8b98a'),
}
