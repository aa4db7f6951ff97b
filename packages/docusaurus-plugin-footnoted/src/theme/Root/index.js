// Around the site's own Root: a Root in src/theme replaces this one, and then renders <FootnotedChat /> itself.

import React from "react";
import InitialRoot from "@theme-init/Root";
import FootnotedChat from "@theme/FootnotedChat";

export default function Root(props) {
  return (
    <>
      <InitialRoot {...props} />
      <FootnotedChat />
    </>
  );
}
