import { area, box, type Drawing, disc, grid, line, oval, turned } from './draw'

const band = 'M110 220 C110 80 290 80 290 220'

export const devices: Record<string, Drawing> = {
  laptop: ({ main, dark, deep, light, pale }) =>
    box(92, 110, 216, 150, 12, dark) +
    box(102, 120, 196, 130, 4, deep) +
    area('M102 250 L102 200 C150 160 190 240 298 170 V250 Z', main) +
    disc(250, 155, 14, pale) +
    area('M62 266 H338 L322 292 H78 Z', light) +
    box(168, 266, 64, 8, 4, dark),
  monitor: ({ main, dark, deep, light, pale }) =>
    box(64, 90, 272, 172, 12, deep) +
    box(74, 100, 252, 152, 4, main) +
    area('M74 252 L150 160 L210 220 L250 180 L326 252 Z', dark) +
    disc(270, 140, 18, pale) +
    box(186, 262, 28, 44, 0, dark) +
    box(132, 302, 136, 12, 6, light),
  keyboard: ({ main, dark, light, pale }) =>
    box(52, 140, 296, 124, 16, dark) +
    grid(10, 3, (column, row) => box(66 + column * 27, 154 + row * 28, 22, 22, 5, (column * 3 + row) % 7 ? pale : light)) +
    box(66, 238, 49, 16, 5, light) +
    box(120, 238, 157, 16, 5, pale) +
    box(282, 238, 49, 16, 5, main),
  mouse: ({ main, dark, light, pale }) =>
    box(140, 96, 120, 204, 60, main) +
    area('M140 190 V156 A60 60 0 0 1 200 96 V190 Z', light) +
    line('M200 98 V190 M142 190 H258', dark, 4) +
    box(192, 126, 16, 40, 8, pale),
  headphones: ({ main, dark, deep, light }) =>
    line(band, deep, 26) +
    line(band, main, 14) +
    box(84, 196, 56, 106, 26, dark) +
    box(260, 196, 56, 106, 26, dark) +
    box(128, 206, 28, 86, 14, light) +
    box(244, 206, 28, 86, 14, light),
  powerbank: ({ main, dark, light, pale }) =>
    turned(
      -12,
      box(134, 84, 132, 232, 22, main),
      box(146, 96, 108, 208, 14, light),
      area('M212 140 L170 214 H196 L186 262 L232 184 H204 Z', pale),
      box(162, 76, 26, 10, 3, dark),
      box(212, 76, 26, 10, 3, dark),
    ),
  earbuds: ({ main, dark, light, pale }) =>
    box(112, 214, 176, 100, 44, main) +
    box(112, 214, 176, 44, 22, light) +
    disc(200, 282, 6, pale) +
    [0, 1]
      .map(side => {
        const x = side ? 246 : 154
        return disc(x, 124, 34, dark) + disc(x, 120, 18, light) + box(x - 11, 130, 22, 74, 11, dark)
      })
      .join(''),
  speaker: ({ main, dark, deep, light, pale }) =>
    box(70, 124, 260, 164, 76, main) +
    disc(146, 206, 54, deep) +
    disc(146, 206, 36, dark) +
    disc(146, 206, 14, light) +
    grid(6, 5, (column, row) => disc(226 + column * 15, 176 + row * 15, 4, deep)) +
    line('M120 124 C130 84 270 84 280 124', pale, 10),
  phone: ({ main, dark, deep, light, pale }) =>
    box(176, 66, 130, 264, 24, dark) +
    disc(206, 98, 17, deep) +
    disc(206, 140, 17, deep) +
    disc(206, 98, 8, light) +
    disc(206, 140, 8, light) +
    box(100, 84, 130, 264, 24, deep) +
    box(108, 92, 114, 248, 17, main) +
    area('M108 300 C150 240 180 320 222 250 V323 A17 17 0 0 1 205 340 H125 A17 17 0 0 1 108 323 Z', light) +
    box(146, 102, 38, 9, 5, deep) +
    grid(3, 2, (column, row) => box(122 + column * 32, 136 + row * 34, 22, 22, 6, pale)),
  phonecase: ({ main, dark, light, pale }) =>
    box(128, 66, 144, 270, 32, dark) +
    box(138, 76, 124, 250, 24, main) +
    box(150, 90, 54, 72, 18, pale) +
    disc(170, 112, 11, dark) +
    disc(170, 141, 11, dark) +
    line('M160 290 C190 250 220 300 246 250', light, 8),
  watch: ({ main, dark, deep, light, pale }) =>
    area('M156 60 H244 L252 140 H148 Z M148 260 H252 L244 340 H156 Z', main) +
    box(126, 126, 148, 148, 40, dark) +
    box(138, 138, 124, 124, 30, deep) +
    line('M200 162 V200 L228 218', pale, 8) +
    line('M154 238 H176 L186 222 L198 248 L208 232 H246', light, 5) +
    box(274, 178, 10, 34, 5, dark),
  hub: ({ main, dark, deep, light }) =>
    line('M40 210 C80 210 80 200 112 200', dark, 12) +
    box(104, 152, 236, 96, 18, main) +
    box(104, 152, 236, 26, 13, light) +
    grid(3, 1, column => box(128 + column * 48, 194, 36, 18, 3, deep)) +
    box(276, 190, 44, 26, 5, dark) +
    grid(2, 1, column => box(128 + column * 48, 222, 36, 9, 3, dark)),
  camera: ({ main, dark, deep, light, pale }) =>
    box(146, 250, 108, 90, 4, '#fff') +
    box(158, 256, 84, 62, 2, light) +
    box(84, 112, 232, 160, 30, main) +
    box(84, 216, 232, 56, 24, pale) +
    disc(200, 184, 58, dark) +
    disc(200, 184, 42, deep) +
    disc(186, 170, 12, light) +
    box(110, 128, 44, 28, 8, pale) +
    disc(278, 142, 14, pale) +
    box(120, 100, 40, 14, 6, dark),
  lamp: ({ main, dark, light, pale }) =>
    area('M150 80 H250 L286 190 H114 Z', pale) +
    area('M200 80 H250 L286 190 H200 Z', light) +
    box(192, 190, 16, 24, 0, dark) +
    area('M164 214 H236 C276 250 268 318 240 330 H160 C132 318 124 250 164 214 Z', main) +
    oval(176, 266, 10, 34, light),
}

export const outdoors: Record<string, Drawing> = {
  backpack: ({ main, dark, deep, light, pale }) =>
    line('M164 100 C164 56 236 56 236 100', deep, 12) +
    box(118, 92, 164, 240, 56, main) +
    box(92, 196, 32, 110, 16, dark) +
    box(276, 196, 32, 110, 16, dark) +
    area('M118 160 C118 92 282 92 282 160 V176 H118 Z', dark) +
    box(140, 214, 120, 92, 20, light) +
    line('M152 240 H248', deep, 5) +
    box(190, 156, 20, 44, 5, pale),
  mat: ({ main, dark, light, pale }) =>
    area('M120 230 H330 L300 318 H90 Z', light) +
    area('M92 150 H300 V232 H92 Z', main) +
    oval(92, 191, 26, 41, dark) +
    oval(92, 191, 15, 25, light) +
    oval(92, 191, 6, 10, dark) +
    line('M170 150 V232 M236 150 V232', pale, 8),
  tent: ({ main, dark, deep, light, pale }) =>
    area('M200 92 L352 304 H48 Z', main) +
    area('M200 92 L352 304 H250 Z', dark) +
    area('M200 148 L250 304 H150 Z', deep) +
    area('M200 148 L176 304 H150 Z', light) +
    line('M48 304 L26 318 M352 304 L374 318 M200 92 V74', pale, 6),
  dumbbell: ({ main, dark, light }) =>
    turned(
      -24,
      box(120, 186, 160, 28, 8, light),
      box(76, 138, 40, 124, 12, dark),
      box(112, 152, 22, 96, 8, main),
      box(284, 138, 40, 124, 12, dark),
      box(266, 152, 22, 96, 8, main),
    ),
  racket: ({ main, dark, light, pale }) =>
    turned(
      38,
      grid(5, 1, column => line(`M${164 + column * 18} 70 V190`, light, 2)),
      grid(1, 6, (_, row) => line(`M146 ${84 + row * 18} H254`, light, 2)),
      `<ellipse cx="200" cy="130" rx="56" ry="72" fill="none" stroke="${main}" stroke-width="11"/>`,
      box(196, 202, 8, 96, 2, dark),
      box(190, 286, 20, 76, 8, dark),
    ) +
    area('M84 250 L126 250 L116 300 H94 Z', pale) +
    disc(105, 304, 12, main),
  flask: ({ main, dark, light, pale }) =>
    box(160, 68, 80, 44, 12, dark) + box(148, 112, 104, 222, 28, main) + box(164, 130, 16, 184, 8, light) + box(148, 244, 104, 12, 0, pale),
  kit: ({ main, dark, light }) =>
    line('M160 126 V108 A12 12 0 0 1 172 96 H228 A12 12 0 0 1 240 108 V126', dark, 12) +
    box(84, 124, 232, 180, 24, main) +
    box(84, 200, 232, 8, 0, dark) +
    disc(200, 204, 56, '#fff') +
    area('M188 168 H212 V192 H236 V216 H212 V240 H188 V216 H164 V192 H188 Z', main) +
    box(98, 138, 60, 10, 5, light),
}
