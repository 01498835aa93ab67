// <time data-rel>: "3 minutes ago" beside the absolute time in the title. Older than a week stays absolute.
const units = [['second', 60], ['minute', 60], ['hour', 24], ['day', 8]]
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: 'short', numeric: 'always' })

function text(then) {
  let n = (then - Date.now()) / 1000
  for (const [unit, size] of units) {
    if (Math.abs(n) < size) return words.format(Math.trunc(n), unit)
    n /= size === 8 ? 1 : size
  }
}

export function refresh(root = document) {
  for (const time of root.querySelectorAll('time[data-rel]')) {
    const shown = text(Date.parse(time.dateTime)) ?? time.title
    if (shown && time.textContent !== shown) time.textContent = shown
  }
}

refresh()
setInterval(refresh, 15000)
