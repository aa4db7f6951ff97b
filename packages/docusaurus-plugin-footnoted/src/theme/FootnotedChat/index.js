// The element, outside of what changes from page to page: a conversation stays while the reader walks through the site.

import React, { useEffect } from "react";
import BrowserOnly from "@docusaurus/BrowserOnly";
import { useLocation } from "@docusaurus/router";
import useDocusaurusContext from "@docusaurus/useDocusaurusContext";
import { usePluginData } from "@docusaurus/useGlobalData";

function Chat() {
  const { server, texts, visitors, credentials, selection, sections, exclude, ...named } = usePluginData("docusaurus-plugin-footnoted");
  const { siteConfig: { baseUrl } } = useDocusaurusContext();
  const { pathname } = useLocation();
  const source = `${server.replace(/\/+$/, "")}/assets/footnoted-chat.mjs`;

  useEffect(() => {
    // The browser keeps modules by their address: a second tag would do nothing, and is not made.
    if ([...document.scripts].some(({ src }) => src === source)) return;
    const script = document.createElement("script");
    script.type = "module";
    script.src = source;
    document.head.append(script);
  }, [source]);

  const here = `/${pathname.slice(baseUrl.length)}`;
  const ended = (path) => `${path.replace(/\/+$/, "")}/`;
  const isExcluded = exclude.some((path) => ended(here).startsWith(ended(path)));
  const attributes = { ...named };
  // For React an attribute of an element of one's own is a text, or there is none.
  for (const [name, isOn] of Object.entries({ visitors, credentials, sections })) if (isOn) attributes[name] = "";
  if (!selection) attributes.selection = "off";
  if (Object.keys(texts).length) attributes.texts = JSON.stringify(texts);
  return <footnoted-chat {...attributes} hidden={isExcluded || undefined} />;
}

export default function FootnotedChat() {
  return <BrowserOnly>{() => <Chat />}</BrowserOnly>;
}
