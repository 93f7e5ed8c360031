// Reads charts out: pointer and arrow keys show a mark's numbers, a polite live region says them.
const tip = Object.assign(document.createElement('div'), {className: 'tip', hidden: true});
const live = Object.assign(document.createElement('p'), {className: 'vh'});
live.setAttribute('aria-live', 'polite');
document.body.append(tip, live);
const pointOf = ([head, value, interval, n], link) =>
  [head, [value, interval === '–' ? '' : `(${interval})`, n === '–' ? '' : `n ${n}`].filter(Boolean).join(' '), link];
const ofRow = row => pointOf([...row.cells].map(cell => cell.textContent), row.cells[0].querySelector('a')?.href);
// Charts of many marks have their numbers on a page of their own, fetched when the chart is first read.
const fetched = async link => {
  const [path, query = ''] = link.getAttribute('href').split('?'), answer = await fetch(`${path}.json?${query}`);
  return answer.ok ? (await answer.json()).rows.map(row => pointOf(row.cells, row.behind)) : [];
};
const readable = box => {
  const chart = box.querySelector('svg'), elsewhere = box.parentElement.querySelector('.more-numbers');
  let points = [...box.parentElement.querySelectorAll('.numbers tbody tr')].map(ofRow), place = Infinity, asked;
  if (!chart || !(points.length || elsewhere)) return;
  const line = Object.assign(document.createElement('i'), {className: 'cross', hidden: true});
  box.append(line);
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  const lead = () => {
    const leads = points.some(each => each[2]);
    box.setAttribute('aria-label', leads ? 'Chart; arrow keys read its marks, Enter shows what a mark counts' : 'Chart; arrow keys read its marks');
    box.classList.toggle('leads', leads);
  };
  lead();
  const ask = () => asked ??= elsewhere && fetched(elsewhere).catch(() => []).then(found => { points = found; lead(); });
  const inside = () => {
    const whole = chart.getBoundingClientRect(), style = getComputedStyle(chart), left = parseFloat(style.paddingLeft);
    return {left: whole.left + left, width: whole.width - left - parseFloat(style.paddingRight), top: whole.top};
  };
  const show = (to, say) => {
    if (!points.length) return;
    place = Math.max(0, Math.min(points.length - 1, to));
    const [head, words] = points[place], area = inside(), x = area.left + (place + .5) / points.length * area.width;
    const title = Object.assign(document.createElement('b'), {textContent: head});
    tip.replaceChildren(title, words);
    tip.hidden = line.hidden = false;
    line.style.left = `${x - box.getBoundingClientRect().left}px`;
    tip.style.left = `${Math.max(8, Math.min(innerWidth - 260, x + 12))}px`;
    tip.style.top = `${area.top + 12}px`;
    if (say) live.textContent = `${head}: ${words}`;
  };
  const follow = () => { if (!tip.hidden && points[place]?.[2]) location.assign(points[place][2]); };
  const hide = () => { tip.hidden = line.hidden = true; };
  box.addEventListener('focus', ask);
  box.addEventListener('pointerenter', ask);
  box.addEventListener('pointermove', event => {
    const area = inside();
    show(Math.floor((event.clientX - area.left) / area.width * points.length));
  });
  box.addEventListener('pointerleave', hide);
  box.addEventListener('blur', hide);
  box.addEventListener('keydown', async event => {
    const step = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
    if (step) {
      event.preventDefault();
      await ask();
      show((Number.isFinite(step) ? Math.min(place, points.length - 1) : 0) + step, true);
    }
    if (event.key === 'Escape') hide();
    if (event.key === 'Enter') follow();
  });
  box.addEventListener('click', follow);
};
const read = () => { tip.hidden = true; document.querySelectorAll('.reads:not([tabindex])').forEach(readable); };
read();
document.addEventListener('htmx:after:swap', read);
