// Listens for clicks on what `markup.py` has drawn. Writes no text of anybody's into the page.

export default function ({ data, setTriggerValue, parentElement }) {
  document.documentElement.lang = data.lang;

  const reveal = (id) => {
    const place = document.getElementById(id);
    const source = place && place.closest("details");
    if (!source) return false;
    source.open = true;
    source.querySelector("summary").focus({ preventScroll: true });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    source.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    return true;
  };

  // A new question goes to the top, so that its answer is read from its beginning. It and the room below it may
  // not be drawn yet.
  const toTop = (id, tries) => {
    const place = document.getElementById(id)?.closest('[data-testid="stChatMessage"]');
    const before = place?.getBoundingClientRect().top;
    place?.scrollIntoView({ block: "start" });
    const settled = place && place.getBoundingClientRect().top === before && tries < 15;
    if (tries && !settled) setTimeout(() => toTop(id, tries - 1), 60);
  };
  if (data.turn && parentElement.policyTurn !== data.turn) toTop(`asked-${data.turn}`, 20);
  parentElement.policyTurn = data.turn;

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Outside localhost and https there is no clipboard to write to: select the citation, then the old command.
      window.getSelection().selectAllChildren(button.previousElementSibling);
      if (!document.execCommand("copy")) return;
    }
    const words = button.dataset.words || button.textContent;
    button.dataset.words = words;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 1600);
  };

  const onClick = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target.closest(".policy-mark, .policy [data-copy], .policy [data-open]");
    if (!target) return;
    if (target.dataset.copy) copy(target);
    else if (target.dataset.open) setTriggerValue("open", { cite: target.dataset.open, day: target.dataset.day });
    else if (!reveal(target.hash.slice(1))) return;
    event.preventDefault();
  };

  // Called again whenever the page is drawn: one listener only.
  if (parentElement.policyClick) document.removeEventListener("click", parentElement.policyClick);
  parentElement.policyClick = onClick;
  document.addEventListener("click", onClick);
  return () => document.removeEventListener("click", onClick);
}
