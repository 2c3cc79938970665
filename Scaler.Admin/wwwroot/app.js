// The keyboard and the clipboard: what only the browser can do.
(() => {
  const editable = target => target.closest?.('input, textarea, select, [contenteditable], fluent-text-input, fluent-textarea');

  // "/" goes to the page's search field, as in most consoles.
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || editable(event.composedPath()[0]) || editable(event.target)) {
      return;
    }
    const search = document.querySelector('[data-search]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });

  document.getElementById('components-reconnect-button')?.addEventListener('click', () => Blazor.reconnect());

  let placing;

  window.scaler = {
    // Scrolls a table to one of its rows, once it is as tall as they are.
    scrollTo: (region, row, rows) => {
      const go = tries => {
        const height = region.querySelector('tbody')?.offsetHeight ?? 0;
        if (height > rows * 20) {
          region.scrollTop = row * (height / rows);
        } else if (tries > 0) {
          requestAnimationFrame(() => go(tries - 1));
        }
      };
      go(300);
    },

    // Writes into the address what is looked at. Browsers refuse who does it too often.
    place: url => {
      clearTimeout(placing);
      placing = setTimeout(() => {
        const there = new URL(url, document.baseURI);
        if (there.pathname === location.pathname) {
          history.replaceState(history.state, '', there);
        }
      }, 400);
    },

    // The clipboard API exists only where the page is served by HTTPS or from this machine.
    copy: async text => {
      if (navigator.clipboard) {
        await navigator.clipboard.writeText(text);
        return true;
      }
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    },
  };
})();
