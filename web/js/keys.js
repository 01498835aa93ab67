// One-key commands. They can be switched off (WCAG 2.1.4), never fire while something is being typed or converted, and
// every one has a button or a link.
import { boxes, composing, select } from './forms.js'

const dialog = document.getElementById('keys')
const toggle = document.getElementById('keys-on')
const isOn = () => localStorage.getItem('noroshi.keys') !== 'off'
const places = { n: '/now', a: '/alerts', i: '/incidents', p: '/portfolio', v: '/events' }
let going = 0

if (toggle) {
  toggle.checked = isOn()
  toggle.addEventListener('change', () => localStorage.setItem('noroshi.keys', toggle.checked ? 'on' : 'off'))
}
for (const button of document.querySelectorAll('.keys-open')) button.addEventListener('click', () => dialog?.showModal())

const rows = () => [...document.querySelectorAll('table[data-cursor] tbody tr')].filter(row => row.querySelector('th a'))
const here = () => document.activeElement?.closest('table[data-cursor] tbody tr')

function move(step) {
  const all = rows()
  const at = all.indexOf(here())
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)
  const link = all[next]?.querySelector('th a')
  link?.focus()
  link?.scrollIntoView({ block: 'nearest' })
}

function mark(range) {
  const box = here()?.querySelector('input[type=checkbox]')
  if (!box) return
  box.checked = range || !box.checked
  select(box, range)
}

function act(key) {
  const button = document.querySelector(`button[data-key="${key}"]`)
  if (!button) return false
  const form = button.form
  if (form.matches('[data-bulk]')) {
    const box = here()?.querySelector('input[type=checkbox]')
    if (!boxes(form).some(one => one.checked) && box) {
      box.checked = true
      select(box, false)
    }
    if (!boxes(form).some(one => one.checked)) return false
  }
  button.click()
  return true
}

const commands = {
  j: () => move(1),
  k: () => move(-1),
  x: () => mark(false),
  X: () => mark(true),
  '/': () => (document.getElementById('q') ?? document.getElementById('site-search'))?.focus(),
  '?': () => dialog?.showModal(),
  g: () => { going = Date.now() },
  v: () => act('v') || document.querySelector('input[name=verdict]')?.focus(),
  a: () => act('a'),
  e: () => act('e'),
  Escape: () => document.querySelector('[data-bulk]')?.reset(),
}

document.addEventListener('keydown', event => {
  if (!isOn() || composing(event) || event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return
  if (event.target.matches('textarea,select,input:not([type=checkbox]),[contenteditable]')) return
  if (Date.now() - going < 1500 && places[event.key]) {
    going = 0
    event.preventDefault()
    location.assign(places[event.key])
    return
  }
  if (!Object.hasOwn(commands, event.key)) return
  if (event.key !== 'Escape') event.preventDefault()
  commands[event.key]()
})
