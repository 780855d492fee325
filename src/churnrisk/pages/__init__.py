"""What every web page shares: one base, one style, one script, and the drawings.

A page is one template that extends `base.html.j2`, and one call of `churnrisk.pages.page.page`. It fills the blocks
`title` and `main`. Where it has style or script of its own, it adds them to the blocks `style` and `script` after
`super()`. A table of the class `main` whose headings have `data-sort` can be sorted; elements with `data-group` can be
searched and chosen with a form of the class `controls` (`table.js.j2` says how).
"""
