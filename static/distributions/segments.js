// How many text messages a text takes; distributions/channels/segmenting.py counts the same, and a test holds the two together.

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
  + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");
const ROOM = { "GSM-7": [160, 153], "UCS-2": [70, 67] };

// Return { alphabet, units, segments, left } of a text; an empty one takes no segment.
export function measure(text) {
  const signs = [...text];
  const alphabet = signs.every((sign) => BASIC.has(sign) || EXTENDED.has(sign)) ? "GSM-7" : "UCS-2";
  const weights = signs.map((sign) => weightOf(sign, alphabet));
  const [alone, part] = ROOM[alphabet];
  const units = weights.reduce((sum, weight) => sum + weight, 0);
  if (units <= alone) return { alphabet, units, segments: units > 0 ? 1 : 0, left: alone - units };
  const [segments, filled] = packed(weights, part);
  return { alphabet, units, segments, left: part - filled };
}

// Return the signs, each once, that keep a text from the longer GSM-7.
export function needingUcs2(text) {
  return [...new Set([...text].filter((sign) => !BASIC.has(sign) && !EXTENDED.has(sign)))];
}

function weightOf(sign, alphabet) {
  if (alphabet === "GSM-7") return EXTENDED.has(sign) ? 2 : 1;
  return sign.codePointAt(0) > 0xffff ? 2 : 1;
}

// A sign of two units is never torn apart between two parts.
function packed(weights, room) {
  let segments = 1;
  let filled = 0;
  for (const weight of weights) {
    if (filled + weight > room) {
      segments += 1;
      filled = 0;
    }
    filled += weight;
  }
  return [segments, filled];
}
