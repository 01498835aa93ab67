// Colours, contrast and row height: kept in cookies, so that the server can write them into <html> next time.
const root = document.documentElement
const cookie = name => document.cookie.split('; ').find(c => c.startsWith(`noroshi_${name}=`))?.split('=')[1] ?? ''

function choose(name, value) {
  const life = value ? 31536000 : 0
  document.cookie = `noroshi_${name}=${value}; path=/; max-age=${life}; samesite=lax`
  if (value) root.dataset[name] = value
  else delete root.dataset[name]
}

for (const name of ['theme', 'contrast', 'density']) if (cookie(name)) root.dataset[name] = cookie(name)
for (const select of document.querySelectorAll('[data-choice]')) {
  select.value = cookie(select.dataset.choice)
  select.addEventListener('change', () => choose(select.dataset.choice, select.value))
}
document.getElementById('theme')?.addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches
  choose('theme', dark ? 'light' : 'dark')
})
