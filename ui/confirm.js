/* What cannot be taken back is asked for first, with the name of whom or what it is about. */
(() => {
  const entered = (id) => document.querySelector(`#${id} textarea, #${id} input`)?.value.trim() ?? "";
  const shown = (at) => document.querySelector(at)?.textContent.trim() ?? "";

  // By the id of its button: the question, or "" where there is nothing to ask about and the server says so.
  const QUESTIONS = {
    "talk-delete": () => {
      const title = document.querySelector("#talks a[aria-current]")?.title || entered("talk-title");
      return `删除会话“${title}”？里面的问答一起删除，不能恢复。`;
    },
    "texts-remove": () => {
      const title = shown("#texts-text h2");
      return title && `从资料库删除“${title}”？删除以后回答不再引用它；要用时得重新添加。`;
    },
    "people-reset": () => {
      const name = entered("people-name");
      return name && `重置“${name}”的密码？现在的密码马上作废，正在用的页面要重新登录。`;
    },
    "people-close": () => {
      const name = entered("people-name");
      return name && `停用“${name}”的账户？他马上不能再登录，会话和记录都留着，以后可以恢复。`;
    },
  };

  document.addEventListener("click", (event) => {
    const ask = QUESTIONS[event.target.closest("button")?.id];
    const question = ask?.();
    if (!question || confirm(question)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
})();
