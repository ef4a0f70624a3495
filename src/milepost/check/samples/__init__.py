"""Rows made from a register's declaration alone: good ones, and ones that break each rule. Nothing real is in them."""
