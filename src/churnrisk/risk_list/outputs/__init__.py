"""The list as people and programs receive it: every output is made from one `RiskList` and one set of fields."""
