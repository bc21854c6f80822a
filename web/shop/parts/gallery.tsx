import { useState } from 'preact/hooks'
import { ownImages } from './product-card'

export function Gallery({ images, name }: { images: readonly string[]; name: string }) {
  const [at, setAt] = useState(0)
  const shown = ownImages(images)
  return (
    <div class="grid content-start gap-3">
      <div class="card aspect-square overflow-hidden bg-sunken">
        {shown[at] && <img src={shown[at]} alt={name} width="800" height="800" class="size-full object-cover" />}
      </div>
      {shown.length > 1 && (
        <ul class="flex gap-2">
          {shown.map((image, index) => (
            <li key={image}>
              <button
                type="button"
                class={`card size-16 overflow-hidden ${index === at ? 'border-brand' : ''}`}
                aria-label={`${name} ${index + 1}`}
                aria-pressed={index === at}
                onClick={() => setAt(index)}
              >
                <img src={image} alt="" width="64" height="64" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
