// Live update: htmx asks for the page again; this decides when that is welcome and keeps what the reader is doing.
import { refresh } from './time.js'
import { count, say } from './forms.js'

const sign = document.getElementById('live')
const seen = new WeakMap()

function signal(works) {
  if (!sign || sign.classList.contains('off') !== works) return
  const text = sign.textContent
  sign.classList.toggle('off', !works)
  sign.textContent = sign.dataset.off
  sign.dataset.off = text
}

const live = event => event.target.closest?.('[data-live]')

document.addEventListener('htmx:before:request', event => {
  const { request } = event.detail.ctx
  const csrf = document.querySelector('meta[name=csrf]')?.content
  if (csrf && request.method !== 'GET') request.headers['X-CSRF-Token'] = csrf
  if (live(event) && (document.hidden || document.querySelector('[data-busy],dialog[open]'))) event.preventDefault()
})

// Only a good page of the same address may replace the part: not an error, not the sign-in page.
document.addEventListener('htmx:before:response', event => {
  const { raw } = event.detail.ctx.response
  if (!live(event)) return
  signal(raw.ok && !raw.redirected)
  if (!raw.ok || raw.redirected) event.preventDefault()
})

document.addEventListener('htmx:after:request', event => {
  const part = live(event)
  if (!part) return
  if (seen.get(part) === event.detail.ctx.text) event.preventDefault()
  seen.set(part, event.detail.ctx.text)
})

document.addEventListener('htmx:error', event => { if (live(event)) signal(false) })

// What arrived while somebody watches: said politely, counted beside the title, and its rows marked for a while where
// they stand. Those that sort behind this page are in the growth of the total.
const MARKED_MS = 10000
const news = document.getElementById('news')
const marked = new Map()
const shown = () => new Set([...document.querySelectorAll('#rows tbody tr[id]')].map(row => row.id))
const total = () => Number(document.getElementById('rows')?.dataset.total ?? 0)
let known = { ids: shown(), total: total() }
let arrived = 0

function mark() {
  const now = Date.now()
  for (const [id, until] of marked) {
    if (until <= now) marked.delete(id)
    document.getElementById(id)?.classList.toggle('fresh', until > now)
  }
}

function arrive() {
  const rows = [...shown()].filter(id => !known.ids.has(id) && document.getElementById(id).matches('.unread'))
  const more = total() - known.total
  known = { ids: new Set([...known.ids, ...shown()]), total: total() }
  if (more <= 0 || !news) return
  for (const id of rows.slice(0, more)) marked.set(id, Date.now() + MARKED_MS)
  arrived += more
  news.hidden = false
  news.textContent = news.dataset.new.replace('%', arrived)
  say(news.dataset.new.replace('%', more))
  setTimeout(mark, MARKED_MS + 100)
}

document.addEventListener('htmx:after:swap', () => {
  refresh()
  for (const form of document.querySelectorAll('[data-bulk]')) count(form)
  arrive()
  mark()
})
