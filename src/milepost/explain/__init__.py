"""A gap or a change is divided into parts that sum to it: an Account."""
