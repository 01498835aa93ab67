// A table edited like a sheet: arrows move, typing or Enter edits, Enter keeps and goes down, Esc takes the typing back.
// One cell is in the tab order. What changed is sent by its row's form (htmx) and the row comes back; what was typed
// meanwhile is put into it and sent next.
import { composing, say } from './forms.js'

const table = document.querySelector('table[data-grid]')
const rows = () => [...table.querySelectorAll('tbody tr:not(.grp)')]
const control = cell => cell?.querySelector('select,input:not([type=hidden])')
const sending = new Map()
let typed = null // value of the control when editing began

function prepare(row) {
  for (const cell of row.cells) {
    cell.tabIndex = -1
    for (const one of cell.querySelectorAll('a,input,select,button')) if (!one.closest('.note')) one.tabIndex = -1
  }
}

function go(row, at) {
  const cell = row?.cells[at]
  if (!cell) return
  table.querySelector('[tabindex="0"]:is(td,th)')?.setAttribute('tabindex', '-1')
  cell.tabIndex = 0
  cell.focus()
}

function edit(cell) {
  const one = control(cell)
  if (one?.type === 'checkbox') one.click()
  else if (one) {
    typed = one.value
    one.focus()
    one.select?.()
  } else cell.querySelector('a')?.click()
}

function choose(select, key) {
  const found = [...select.options].find(o => o.label.toLowerCase().startsWith(key.toLowerCase()))
  if (!found) return
  select.value = found.value
  select.dispatchEvent(new Event('change', { bubbles: true }))
}

function put(one, value) {
  one.value = value
  one.dispatchEvent(new Event('change', { bubbles: true }))
}

const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

function key(event) {
  const cell = event.target.closest('tbody td,tbody th')
  if (!cell || cell.parentElement.matches('.grp') || event.target.closest('.note')) return
  const row = cell.parentElement, all = rows(), at = cell.cellIndex, down = all.indexOf(row)
  const one = control(cell), moving = event.target === cell
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey
  const done = () => event.preventDefault()
  if (moving && one?.select && event.keyCode === 229) return edit(cell)
  if (composing(event) || !plain) return
  event.stopPropagation()
  if (event.key === 'Enter' && !moving && event.target.matches('a,button')) return
  if (moving && steps[event.key]) {
    done()
    const [dy, dx] = steps[event.key]
    go(all[down + dy], at + dx)
  } else if (moving && (event.key === 'Home' || event.key === 'End')) {
    done()
    go(row, event.key === 'Home' ? 0 : row.cells.length - 1)
  } else if (moving && (event.key === 'Enter' || event.key === 'F2')) {
    done()
    edit(cell)
  } else if (moving && event.key === ' ' && one?.type === 'checkbox') {
    done()
    one.click()
  } else if (moving && one && !one.disabled && (event.key === 'Delete' || event.key === 'Backspace')) {
    done()
    if (one.type !== 'checkbox') put(one, '')
  } else if (moving && one && !one.disabled && event.key.length === 1 && event.key !== ' ') {
    if (one.tagName === 'SELECT') choose(one, event.key)
    else if (one.type !== 'checkbox') {
      typed = one.value
      one.value = ''
      one.focus()
    }
  } else if (!moving && event.key === 'Escape') {
    if (typed !== null) event.target.value = typed
    go(row, at)
  } else if (!moving && (event.key === 'Enter' || event.key === 'Tab')) {
    done()
    event.target.blur()
    if (event.key === 'Enter') go(all[down + (event.shiftKey ? -1 : 1)] ?? row, at)
    else go(row, at + (event.shiftKey ? -1 : 1))
  }
}

function changed(event) {
  const { form } = event.target, row = event.target.closest('tr')
  if (!form?.matches('[data-row]')) return
  if (sending.has(row.id)) sending.get(row.id).later.set(event.target.id, event.target)
  else {
    sending.set(row.id, { row, later: new Map() })
    form.requestSubmit()
  }
}

let focused = null
function before() {
  const cell = document.activeElement?.closest?.('table[data-grid] :is(td,th)')
  const one = document.activeElement
  focused = cell && { id: cell.parentElement.id, at: cell.cellIndex, one: one === cell ? null : one }
}

function after() {
  for (const [id, { row, later }] of sending) {
    const fresh = document.getElementById(id)
    if (!fresh || fresh === row) continue
    sending.delete(id)
    prepare(fresh)
    if (focused?.id === id) {
      go(fresh, focused.at)
      const one = focused.one?.id && document.getElementById(focused.one.id)
      if (one && one.type !== 'checkbox') {
        one.focus()
        if (one.value !== focused.one.value && !fresh.querySelector('.note')) one.value = focused.one.value
      }
    }
    for (const [name, old] of later) {
      const one = document.getElementById(name)
      if (one) one.type === 'checkbox' ? one.checked = old.checked : one.value = old.value
    }
    if (later.size) changed({ target: document.getElementById([...later.keys()][0]) })
    else if (fresh.matches('.saved')) say(table.dataset.saved.replace('%', id.slice(4)))
    else say(fresh.querySelector('.bad,.note')?.textContent)
  }
}

if (table) {
  table.setAttribute('role', 'grid')
  for (const row of rows()) prepare(row)
  const first = rows()[0]
  if (first) first.cells[0].tabIndex = 0
  table.addEventListener('keydown', key)
  table.addEventListener('change', changed)
  table.addEventListener('focusin', event => { if (event.target.matches('input,select')) typed = event.target.value })
  document.addEventListener('htmx:before:swap', before)
  document.addEventListener('htmx:after:swap', after)
  document.addEventListener('htmx:error', () => {
    if (!sending.size) return
    sending.clear()
    say(table.dataset.failed)
  })
  document.querySelector('[data-next]')?.addEventListener('click', () => {
    const row = document.querySelector('tr.todo')
    setTimeout(() => go(row, [...(row?.cells ?? [])].findIndex(cell => cell.matches('.cell'))))
  })
}
