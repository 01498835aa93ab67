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

let before = 0
const unread = () => document.querySelectorAll('tr.unread').length
document.addEventListener('htmx:before:swap', () => { before = unread() })
document.addEventListener('htmx:after:swap', () => {
  refresh()
  for (const form of document.querySelectorAll('[data-bulk]')) count(form)
  const more = unread() - before
  if (more > 0 && sign?.dataset.new) say(sign.dataset.new.replace('%', more))
})
