// Puts <footnoted-chat> onto every page. The script comes from the Footnoted server, when a page is shown: nothing of it
// is bundled, and the build calls nobody.

const path = require("node:path");
const { Joi } = require("@docusaurus/utils-validation");

const NAME = "docusaurus-plugin-footnoted";

const OPTIONS = Joi.object({
  // Docusaurus gives every plugin one; two of them would be two chats on each page.
  id: Joi.string().valid("default").messages({ "any.only": '"id" is not taken: a site has one chat' }),
  server: Joi.string().uri({ scheme: ["http", "https"] }).pattern(/[?#]/, { invert: true, name: "? or #" }).required(),
  corpus: Joi.string(),
  theme: Joi.string().valid("light", "dark"),
  heading: Joi.string(),
  shortcut: Joi.string().allow(""),
  texts: Joi.object().pattern(Joi.string(), Joi.string()).default({}),
  visitors: Joi.boolean().default(false),
  credentials: Joi.boolean().default(false),
  selection: Joi.boolean().default(true),
  sections: Joi.boolean().default(false),
  // Paths of the site, from its base url on, on and below which there is no chat.
  exclude: Joi.array().items(Joi.string().pattern(/^\//, { name: "beginning with /" })).default([]),
});

/** @returns {import("@docusaurus/types").Plugin} */
module.exports = function footnoted(context, options) {
  return {
    name: NAME,
    getThemePath: () => path.join(__dirname, "theme"),
    contentLoaded({ actions }) {
      const { id, ...settings } = options;
      actions.setGlobalData(settings);
    },
    injectHtmlTags: () => ({
      headTags: [{ tagName: "link", attributes: { rel: "preconnect", href: new URL(options.server).origin, crossorigin: "anonymous" } }],
    }),
  };
};

/** Docusaurus calls it with what stands in the site's configuration; what it throws names the option. */
module.exports.validateOptions = ({ validate, options }) => validate(OPTIONS, options);
