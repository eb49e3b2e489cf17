/* What Gradio says in English to those who hear the page, and in its messages, said in Chinese. */
(() => {
  const WORDS = {
    "More tabs": "更多页", "chatbot conversation": "对话", "Copy message": "复制", "Copied message": "已复制",
    "Copy conversation": "复制对话", "Feedback": "反馈", "Multimedia input field": "写问题、放文件", "File upload": "选文件",
    "Upload a file": "上传文件", "Submit": "发送", "Stop": "停止", "common.upload": "再放文件", "Scroll down": "往下翻",
    "Click to upload or drop files": "放文件", "Remove this file": "去掉这个文件", "Close": "关闭", "Clear": "清空",
    "Like": "有用", "Dislike": "没用", "Retry": "重试", "Edit": "编辑", "Undo": "撤销", "Copy": "复制", "Copied": "已复制",
    "Error": "出错了", "Warning": "请注意", "Info": "提示", "Success": "完成", "Download": "下载", "Remove": "去掉",
    "View full screen": "放大", "Exit full screen": "缩小", "Connection errored out.": "与程序的连接断了，正在重新连接。",
    "Connection errored out. ": "与程序的连接断了，正在重新连接。", "Connection Error": "连接断了", "Connection Lost": "连接断了",
    "Reconnected": "已重新连接",
    "Attempting reconnection...": "正在重新连接。",
    "Connection re-established.": "又连上了。",
    "Could not connect to server. ": "连不上程序，请稍候再试。",
    "Upload failed": "上传没有成功",
    // What browsers themselves say when a line breaks.
    "network error": "连不上程序，请稍候再试。", "Failed to fetch": "连不上程序，请稍候再试。",
    "Load failed": "连不上程序，请稍候再试。",
  };
  const NAMED = ["aria-label", "title"];
  const TOLD = ".toast-wrap, span.error";
  const SPOKEN = { "user's message": "提问", "bot's message": "回答" };

  function name(element) {
    for (const attribute of NAMED) {
      const value = element.getAttribute(attribute);
      if (!value) continue;
      // A whole answer as the name of its box would be read out twice.
      const spoken = /^(user's message|bot's message)/.exec(value);
      const word = spoken ? SPOKEN[spoken[1]] : WORDS[value];
      if (word && word !== value) element.setAttribute(attribute, word);
    }
    // Where words stand in it, they are the name; a box without a role has none.
    if (element.matches(".empty, .upload-container") && (element.innerText.trim() || element.matches(".empty")))
      element.removeAttribute("aria-label");
  }

  function say(box) {
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const word = WORDS[texts.currentNode.data] || WORDS[texts.currentNode.data.trim()];
      if (word) texts.currentNode.data = word;
    }
  }

  function visit(root) {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    if (root.matches("[aria-label], [title]")) name(root);
    for (const element of root.querySelectorAll("[aria-label], [title]")) name(element);
    const around = root.closest(TOLD);
    for (const box of around ? [around] : root.querySelectorAll(TOLD)) say(box);
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") name(change.target);
      else if (change.type === "characterData") {
        const box = change.target.parentElement?.closest(TOLD);
        if (box) say(box);
      }
      else for (const added of change.addedNodes) visit(added);
    }
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMED });
})();
