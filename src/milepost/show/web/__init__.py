"""The site: the plan, its targets and the rows behind them as server-rendered pages in two languages."""
