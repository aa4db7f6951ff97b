import type { LoadContext, Plugin } from "@docusaurus/types";

/** What stands in `docusaurus.config.js` beside the plugin's name. */
export interface Options {
  /** The address of the Footnoted server, from where readers reach it. */
  server: string;
  /** The corpus's name, where the server has several. */
  corpus?: string;
  /** Without it, as the page is. */
  theme?: "light" | "dark";
  heading?: string;
  /** The keys that open the panel, "mod+i" by default; empty: none. */
  shortcut?: string;
  /** The words of the frame. */
  texts?: Record<string, string>;
  /** Conversations of each visitor, by a token of the server. */
  visitors?: boolean;
  /** Sends cookies of readers who are signed in. */
  credentials?: boolean;
  /** A button beside selected text; true by default. */
  selection?: boolean;
  /** Finds sections while the reader types. */
  sections?: boolean;
  /** Paths of the site, from its base url on, on and below which there is no chat. */
  exclude?: string[];
}

export default function footnoted(context: LoadContext, options: Options): Plugin<void>;
