"""Readings become the latent path of an indicator and the chance of its target: an Outlook."""
