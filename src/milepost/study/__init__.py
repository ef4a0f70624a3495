"""A question with parameters is answered on what is kept: a Finding, with its proof."""
