// Forms: one submission at a time, selection of many rows, Enter during input-method conversion, required reasons.
export const say = text => {
  const box = document.getElementById('said')
  if (box && text) box.textContent = text
}

// Conversion is confirmed with Enter; that Enter belongs to the input method (keyCode 229 where isComposing is late).
export const composing = event => event.isComposing || event.keyCode === 229
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter') return
  if (composing(event) && event.target.tagName === 'INPUT') event.preventDefault()
  if (!composing(event) && (event.ctrlKey || event.metaKey) && event.target.matches('[data-ime]')) event.target.form?.requestSubmit()
}, true)

document.addEventListener('submit', event => {
  const form = event.target
  const { submitter } = event
  if (!form.matches('[data-lock],[data-bulk]')) return
  const verdict = form.matches('[data-bulk]') && submitter?.value === 'verdict' ? form.elements.verdict : null
  if (verdict && !verdict.value) {
    event.preventDefault()
    verdict.focus()
  } else if (form.dataset.busy) {
    event.preventDefault()
  } else {
    form.dataset.busy = '1'
    submitter?.setAttribute('aria-busy', 'true')
  }
})
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-busy]')) delete form.dataset.busy
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy')
})

// Boxes may stand outside their form and name it (form="…").
const elements = (form, which) => [...form.elements].filter(one => one.matches(which))
export const boxes = form => elements(form, 'tbody input[type=checkbox]')
export function count(form) {
  const all = boxes(form)
  const chosen = all.filter(box => box.checked).length
  for (const place of form.querySelectorAll('[data-count]')) place.textContent = chosen
  const [head] = elements(form, '[data-all]')
  if (head) {
    head.checked = chosen > 0 && chosen === all.length
    head.indeterminate = chosen > 0 && chosen < all.length
  }
}

// Shift chooses the rows between; both the mouse and the keyboard come here.
let anchor = null
export function select(box, range) {
  const all = boxes(box.form)
  if (range && anchor?.isConnected) {
    const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b)
    if (from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked
  }
  anchor = box
  count(box.form)
}

document.addEventListener('click', event => {
  const { form } = event.target
  if (!form?.matches?.('[data-bulk]')) return
  if (event.target.matches('tbody input[type=checkbox]')) select(event.target, event.shiftKey)
  else if (event.target.matches('[data-all]')) {
    for (const box of boxes(form)) box.checked = event.target.checked
    count(form)
  }
})
for (const form of document.querySelectorAll('[data-bulk]')) {
  form.addEventListener('reset', () => setTimeout(count, 0, form))
  count(form)
}

for (const form of document.querySelectorAll('[data-autosubmit]')) form.addEventListener('change', () => form.requestSubmit())

for (const form of document.querySelectorAll('[data-reason]'))
  form.addEventListener('change', () => {
    form.elements.reason.required = form.querySelector('input:checked')?.hasAttribute('data-needs-reason') ?? false
  })
