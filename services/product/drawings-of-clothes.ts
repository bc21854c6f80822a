import { area, box, type Drawing, disc, line, oval } from './draw'

const torso = 'M146 92 L84 128 L104 184 L134 170 V312 H266 V170 L296 184 L316 128 L254 92 C240 120 160 120 146 92 Z'
const longSleeves = 'M150 84 L88 116 L66 272 L106 280 L134 176 V318 H266 V176 L294 280 L334 272 L312 116 L250 84 Z'

export const clothes: Record<string, Drawing> = {
  tee: ({ main, dark, light }) =>
    area(torso, main) +
    line('M146 92 C160 120 240 120 254 92', dark, 8) +
    line('M134 170 V200 M266 170 V200', dark, 4) +
    disc(200, 200, 26, light),
  jacket: ({ main, dark, deep, light, pale }) =>
    area(longSleeves, main) +
    area('M150 84 C160 54 240 54 250 84 L226 116 H174 Z', dark) +
    line('M200 116 V318', pale, 6) +
    box(146, 240, 40, 50, 6, dark) +
    box(214, 240, 40, 50, 6, dark) +
    line('M66 272 L106 280 M294 280 L334 272', deep, 10) +
    line('M160 130 H186 M214 130 H240', light, 6),
  vest: ({ main, dark, light, pale }) =>
    area('M156 84 L116 112 C136 160 128 190 124 318 H276 C272 190 264 160 284 112 L244 84 Z', main) +
    line('M126 176 H274 M124 222 H276 M124 268 H276', dark, 6) +
    line('M200 100 V318', pale, 7) +
    area('M156 84 C170 66 230 66 244 84 L228 110 H172 Z', light),
  shirt: ({ main, dark, light, pale }) =>
    area(longSleeves, light) +
    area('M150 84 L200 138 L172 152 Z M250 84 L200 138 L228 152 Z', main) +
    line('M200 138 V318', main, 4) +
    [166, 206, 246, 286].map(y => disc(200, y, 5, dark)).join('') +
    box(222, 174, 34, 38, 4, pale),
  socks: ({ main, dark, light, pale }) =>
    area('M112 84 H176 V212 C176 236 206 246 226 262 C250 284 226 318 190 310 C140 296 112 270 112 236 Z', main) +
    area('M112 84 H176 V118 H112 Z', pale) +
    area('M206 74 H270 V202 C270 226 300 236 320 252 C344 274 320 308 284 300 C234 286 206 260 206 226 Z', dark) +
    area('M206 74 H270 V108 H206 Z', pale) +
    line('M112 150 H176 M112 172 H176 M206 140 H270 M206 162 H270', light, 6),
  shoe: ({ main, dark, light, pale }) =>
    area('M66 176 C96 196 130 186 150 152 L182 168 C214 216 266 226 316 238 C340 246 346 262 346 276 H62 C54 240 56 206 66 176 Z', main) +
    area('M66 176 C96 196 110 190 124 178 L136 276 H62 C54 240 56 206 66 176 Z', dark) +
    box(56, 272, 294, 28, 14, pale) +
    line('M168 184 L194 170 M184 204 L210 190 M202 222 L226 206', light, 7) +
    line('M246 270 C262 244 300 240 330 248', light, 5),
  beanie: ({ main, dark, light, pale }) =>
    disc(200, 96, 30, pale) +
    area('M98 240 C98 70 302 70 302 240 Z', main) +
    line('M138 226 C138 150 160 120 178 112 M200 226 V108 M262 226 C262 150 240 120 222 112', dark, 6) +
    box(86, 226, 228, 64, 18, light) +
    line('M118 238 V278 M150 238 V278 M182 238 V278 M214 238 V278 M246 238 V278 M278 238 V278', main, 6),
  jeans: ({ main, dark, light }) =>
    area('M128 72 H272 L292 334 H218 L200 162 L182 334 H108 Z', main) +
    box(126, 70, 148, 22, 4, dark) +
    line('M136 92 C140 120 158 128 172 128 M264 92 C260 120 242 128 228 128 M200 92 V150', light, 4) +
    line('M112 314 H182 M218 314 H288', light, 5) +
    disc(200, 82, 6, light),
  dress: ({ main, dark, light, pale }) =>
    area('M156 78 L148 170 L92 324 H308 L252 170 L244 78 C230 108 170 108 156 78 Z', main) +
    area('M148 170 L92 324 H150 L186 180 Z', light) +
    box(146, 164, 108, 16, 8, dark) +
    line('M214 180 L232 226 M214 180 L206 222', dark, 6) +
    line('M156 78 C170 108 230 108 244 78', pale, 5),
  tunic: ({ main, dark, light, pale }) =>
    area('M150 330 L156 190 H244 L250 330 Z', pale) +
    area('M176 76 L142 96 L94 250 L122 260 L156 172 L130 340 H196 V196 H204 V340 H270 L244 172 L278 260 L306 250 L258 96 L224 76 Z', main) +
    box(176, 62, 48, 22, 8, dark) +
    line('M216 86 C232 110 244 124 250 150', light, 4) +
    [270, 300]
      .map((y, n) => disc(154 + n * 16, y, 7, light) + disc(166 + n * 10, y - 10, 5, pale) + disc(148 + n * 12, y - 12, 5, pale))
      .join(''),
  bodysuit: ({ main, dark, light, pale }) =>
    area(
      'M150 96 L92 124 L106 176 L140 164 V232 C140 280 176 290 182 318 H218 C224 290 260 280 260 232 V164 L294 176 L308 124 L250 96 Z',
      main,
    ) +
    line('M150 96 C160 130 240 130 250 96', pale, 8) +
    [186, 200, 214].map(x => disc(x, 308, 4, dark)).join('') +
    area('M200 222 C166 196 180 170 200 186 C220 170 234 196 200 222 Z', light),
  carrier: ({ main, dark, light, pale }) =>
    line('M146 130 C106 70 96 190 120 250 M254 130 C294 70 304 190 280 250', dark, 20) +
    area('M132 132 C150 104 250 104 268 132 L280 264 C256 300 144 300 120 264 Z', main) +
    box(64, 252, 272, 40, 18, dark) +
    box(152, 148, 96, 74, 20, light) +
    disc(200, 104, 36, pale) +
    oval(188, 102, 3, 4, dark) +
    oval(212, 102, 3, 4, dark),
  duvet: ({ main, dark, light, pale }) =>
    box(70, 100, 260, 60, 22, dark) +
    box(92, 132, 94, 56, 20, '#fff') +
    box(214, 132, 94, 56, 20, '#fff') +
    area('M66 180 H334 V300 C290 320 240 292 200 306 C160 320 110 292 66 300 Z', main) +
    area('M66 180 H334 V212 C280 224 120 224 66 212 Z', light) +
    line('M120 232 C124 260 116 280 122 296 M276 230 C272 256 282 276 276 294', pale, 4),
}
