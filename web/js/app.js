// Everything works without script; these modules make it quicker. htmx does the live update of parts marked data-live.
import './display.js'
import './time.js'
import './forms.js'
import './grid.js'
import './keys.js'
import './live.js'

document.documentElement.classList.add('js')
