/** Larger pictures are not drawn: a few kilobytes can unpack to gigabytes. */
const MOST_PIXELS = 1024 * 1024

/** What a picture's header says of it. */
export interface Picture {
  type: 'image/png' | 'image/jpeg'
  width: number
  height: number
}

/** Bytes of base64, or null when it is none. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return null
  }
}

/** Reads the header of a PNG or JPEG; null for anything else and for what is too large to draw. */
export function pictureOf(bytes: Uint8Array): Picture | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const picture = png(view) ?? jpeg(view)
  if (!picture || picture.width === 0 || picture.height === 0) return null
  return picture.width * picture.height <= MOST_PIXELS ? picture : null
}

/** The size stands in the first chunk, which must be IHDR. Source: PNG (third edition) section 11.2.1. */
function png(view: DataView): Picture | null {
  if (view.byteLength < 24 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return null
  if (view.getUint32(12) !== 0x49484452) return null
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
}

/** The size stands in the frame header, behind other segments. Source: ITU-T T.81 annex B. */
function jpeg(view: DataView): Picture | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null
  let at = 2
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}
